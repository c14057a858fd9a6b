/**
 * The front door: which host name leads to which instances. Two drivers pass the same contract tests: HAProxy, and a
 * fake that remembers.
 *
 * Contract:
 * - `apply` takes the whole table and makes it true: what is not in it is gone. It compares with what is there, changes
 *   only the difference, and reloads only where a backend appears or goes; a changed target never needs a reload.
 *   Calls are carried out one after the other; the last one wins.
 * - A target that `apply` leaves out gets no new requests from then on and keeps those it has; `drained` waits for
 *   them to end (up to `timeoutMs`) and then forgets the target. False: it was not drained in time.
 * - What `apply` made true is what a restarted front door comes up with. Before it is started anew, the table is
 *   written from what is really there, so it never points at a dead address.
 * - A host name that no route has: a page that says so (404). A route without targets: a page that says what its
 *   `state` is (503 with Retry-After), never a hanging connection.
 */
export interface FrontDoor {
  apply(table: RouteTable): Promise<void>
  drained(routeId: string, targetName: string, timeoutMs: number): Promise<boolean>
  /** Requests in flight and totals per route, as the front door counts them. */
  counters(): Promise<RouteCounters[]>
}

export type RouteTable = { routes: readonly Route[] }

export type Route = {
  /** Stable, letters, digits and dashes: the app's id, or `dashboard`. */
  id: string
  /** For the pages and the log: the app's name. */
  title: string
  /** Lower case, without a port. */
  hosts: readonly string[]
  /** Requests whose path begins with this go here, before routes of the same host without one. */
  pathPrefix: string | null
  /** The platform's own: nobody is told of its requests (access-line.ts). Default false. */
  quiet?: boolean
  targets: readonly Target[]
  /** What to say where no target answers. */
  state: 'starting' | 'live' | 'crashed' | 'stopped' | 'empty'
}

/** `name` is unique within its route and never reused for another address: `web.1-<container id>`. */
export type Target = { name: string; address: string; port: number }

export type RouteCounters = { routeId: string; activeRequests: number; requests: number; errors: number }
