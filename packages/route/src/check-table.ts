import { isIP } from 'node:net'
import { checkRules } from './check-rules.ts'
import { routeError } from './errors.ts'
import type { PortRoute, Route, RouteTable, ServedCertificate, Target } from './front-door.ts'

/**
 * The one gate before HAProxy's configuration, its maps and its sockets: whatever passes holds no blank, quote,
 * backslash, semicolon, `#` or line end, so nothing in it can become a word or a command of its own.
 */

const id = /^[A-Za-z0-9-]{1,64}$/
const targetName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const host =
  /^(?=.{1,253}$)(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/
/** A wildcard is no place to go to. */
const exactHost =
  /^(?!\*)(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/
const prefix = /^\/[A-Za-z0-9/._~-]{0,199}$/

/** Base64url, as RFC 8555 has tokens (8.1) and key authorizations. */
const challengeToken = /^[A-Za-z0-9_-]{8,128}$/
const challengeAnswer = /^[A-Za-z0-9_.-]{8,300}$/
/** HAProxy takes a payload up to its buffer of 16 KB. */
export const certificateBytes = 15_000
const pemLine = /^(?:-----(?:BEGIN|END) [A-Z ]{1,40}-----|[A-Za-z0-9+/=]{1,76})$/

export const states = ['starting', 'live', 'crashed', 'stopped', 'empty', 'maintenance'] as const

/** @throws ROUTE.TABLE_INVALID */
export function checkTable(table: RouteTable): void {
  const ids = new Set<string>()
  const places = new Set<string>()
  for (const route of table.routes) {
    checkRoute(route)
    takeOnce(ids, route.id, route, 'its id occurs twice')
    for (const name of route.hosts) {
      takeOnce(places, name + (route.pathPrefix ?? ''), route, `${name} leads to two routes`)
    }
  }
  checkPorts(table)
  checkRedirects(table, places)
  checkChallenges(table)
  checkCertificates(table)
}

function checkPorts({ ports = [] }: RouteTable): void {
  const taken = new Set<string>()
  for (const route of ports) {
    require(id.test(route.routeId), portName(route), 'it belongs to no route')
    require(isPort(route.port), portName(route), 'it is no port')
    takeOnce(taken, String(route.port), portName(route), 'it leads to two places')
    checkTargets(portName(route), route.targets)
  }
}

function portName({ port }: PortRoute): Named {
  return { id: `port ${port}` }
}

function checkRedirects({ redirects = [] }: RouteTable, places: Set<string>): void {
  for (const redirect of redirects) {
    const of = { id: redirect.host }
    require(host.test(redirect.host) &&
      exactHost.test(redirect.to), of, 'a redirect is not from a host to a host')
    takeOnce(places, redirect.host, of, `${redirect.host} leads to two places`)
  }
}

function checkChallenges({ challenges = [] }: RouteTable): void {
  const tokens = new Set<string>()
  for (const challenge of challenges) {
    const of = { id: challenge.host }
    require(exactHost.test(challenge.host), of, 'a challenge is not for a host')
    require(challengeToken.test(challenge.token), of, 'the token of a challenge is not one')
    require(challengeAnswer.test(challenge.answer), of, 'the answer of a challenge is not one')
    takeOnce(tokens, challenge.token, of, 'a token occurs twice')
  }
}

/** What is shown for a host twice would be a matter of luck. */
function checkCertificates({ certificates = [] }: RouteTable): void {
  const ids = new Set<string>()
  const names = new Set<string>()
  for (const certificate of certificates) {
    require(id.test(certificate.id), certificate, 'its id is not made of letters, digits and dashes')
    takeOnce(ids, certificate.id, certificate, 'its id occurs twice')
    require(certificate.hosts.length > 0, certificate, 'it is for no host')
    for (const name of certificate.hosts) {
      require(host.test(name), certificate, 'it is for a name that is no host')
      takeOnce(names, name, certificate, `${name} has two certificates`)
    }
    require(isPem(certificate), certificate, 'it is not in PEM, or too large')
  }
}

/** An empty line would end it, and the next one be a command. */
function isPem({ pem }: ServedCertificate): boolean {
  const text = pem.reveal()
  if (text.length > certificateBytes || !text.endsWith('\n')) return false
  return text
    .slice(0, -1)
    .split('\n')
    .every((line) => pemLine.test(line))
}

function checkRoute(route: Route): void {
  require(id.test(route.id), route, 'its id is not made of letters, digits and dashes')
  require(states.includes(route.state), route, 'its state is unknown')
  for (const name of route.hosts) require(host.test(name), route, 'a host is not a lower-case host name')
  for (const name of route.secureHosts ?? [])
    require(route.hosts.includes(name), route, 'a host is to be secure that it does not have')
  const path = route.pathPrefix
  require(path === null ||
    (prefix.test(path) && !path.includes('//')), route, 'its path prefix is not a plain path')
  checkTargets(route, route.targets)
  const wrong = route.rules === undefined ? null : checkRules(route.rules)
  require(wrong === null, route, wrong ?? '')
}

function checkTargets(route: Named, targets: readonly Target[]): void {
  const names = new Set<string>()
  for (const target of targets) {
    require(targetName.test(target.name), route, "a target's name holds more than letters, digits, . _ and -")
    require(isIP(target.address) !== 0 && !target.address.includes('%'), route, 'a target has no IP address')
    require(isPort(target.port), route, 'a target has no valid port')
    takeOnce(names, target.name, route, `the target ${target.name} occurs twice`)
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

type Named = { id: string }

function takeOnce(seen: Set<string>, key: string, of: Named, otherwise: string): void {
  require(!seen.has(key), of, otherwise)
  seen.add(key)
}

function require(holds: boolean, of: Named, otherwise: string): void {
  if (!holds) throw routeError['ROUTE.TABLE_INVALID']({ routeId: String(of.id), reason: otherwise })
}
