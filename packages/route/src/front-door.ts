import type { Secret } from '@berth/command'
import type { RouteRules } from './route-rules.ts'

/**
 * The front door: which host name leads to which instances. Two drivers pass the same contract tests: HAProxy, and a
 * fake that remembers.
 *
 * Contract:
 * - `apply` takes the whole table and makes it true: what is not in it is gone. It compares with what is there, changes
 *   only the difference, and reloads only where a backend or a port appears or goes, or rules change; a changed target,
 *   host, certificate or challenge never needs a reload. Calls are carried out one after the other; the last one wins.
 * - A target that `apply` leaves out gets no new requests from then on and keeps those it has; `drained` waits for
 *   them to end (up to `timeoutMs`) and then forgets the target. False: it was not drained in time.
 * - What `apply` made true is what a restarted front door comes up with, certificates included. Before it is started
 *   anew, the table is written from what is really there, so it never points at a dead address.
 * - A host name that no route has: a page that says so (404). A route without targets: a page that says what its
 *   `state` is (503 with Retry-After), never a hanging connection.
 * - A host that is asked for over TLS is shown the certificate that has it: an exact name before a wildcard, and a
 *   self-signed one where none has it. Connections go on while certificates change.
 * - A certificate that the front door cannot use is told (ROUTE.CERTIFICATE_REFUSED) once everything else is true, and so is
 *   a port that something else on this machine listens on (ROUTE.PORT_IN_USE): it is taken up when that is gone.
 * - A port that is taken away ends the connections that it had.
 */
export interface FrontDoor {
  apply(table: RouteTable): Promise<void>
  drained(routeId: string, targetName: string, timeoutMs: number): Promise<boolean>
  /** Requests in flight and totals per route, as the front door counts them. */
  counters(): Promise<RouteCounters[]>
}

export type RouteTable = {
  routes: readonly Route[]
  ports?: readonly PortRoute[]
  redirects?: readonly Redirect[]
  certificates?: readonly ServedCertificate[]
  challenges?: readonly Challenge[]
}

export type Route = {
  /** Stable, letters, digits and dashes: the app's id, or `dashboard`. */
  id: string
  /** For the pages and the log: the app's name. */
  title: string
  /** Lower case, without a port. `*.example.com`: every name one label below, unless a route has that name itself. */
  hosts: readonly string[]
  /** Those of `hosts` where a request without TLS is sent to the same address with it. */
  secureHosts?: readonly string[]
  /** Requests whose path begins with this go here, before routes of the same host without one. */
  pathPrefix: string | null
  /** The platform's own: nobody is told of its requests (access-line.ts). Default false. */
  quiet?: boolean
  targets: readonly Target[]
  /** What to say where no target answers; `maintenance`: targets or not. */
  state: 'starting' | 'live' | 'crashed' | 'stopped' | 'empty' | 'maintenance'
  /** What costs more than a plain route does; undefined: nothing of it. */
  rules?: RouteRules
}

/** `name` is unique within its route and never reused for another address: `web.1-<container id>`. */
export type Target = { name: string; address: string; port: number }

/**
 * A port of this machine. A connection is passed on as it is, and stays with its target until one of both ends it; without a
 * target it is closed at once.
 */
export type PortRoute = {
  port: number
  /** Whose it is: `drained` of this route waits for its connections too. */
  routeId: string
  targets: readonly Target[]
}

/** Every request for `host` is answered with the same path at `to`, for good (308). */
export type Redirect = { host: string; to: string }

export type ServedCertificate = {
  /** Letters, digits and dashes. */
  id: string
  /** For which it is shown, exact or `*.`; its own names are not looked at. */
  hosts: readonly string[]
  /** PEM: the certificate, those that lead to its authority, the private key; at most `certificateBytes`. */
  pem: Secret
}

/** ACME's HTTP-01 (RFC 8555, 8.3): what is answered at `/.well-known/acme-challenge/TOKEN` of this host, without TLS. */
export type Challenge = { host: string; token: string; answer: string }

export type RouteCounters = {
  routeId: string
  activeRequests: number
  requests: number
  errors: number
  /** 1xx to 5xx, as targets have answered. */
  statuses: readonly [number, number, number, number, number]
}
