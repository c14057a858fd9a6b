import { isIP } from 'node:net'
import type { AccessLine } from './access-line.ts'
import { routeIdOf } from './haproxy-maps.ts'

/**
 * A request as HAProxy writes it down: `accessFormat` says it, `parseAccessLine` reads it again. Blanks part the fields;
 * the path stands last, and nothing before it can hold one. Source: HAProxy 2.6's configuration manual, 8.2.4.
 */
export const accessFormat = '%[date(0,ms)] %b %s %ci %HM %ST %U %B %Tw %Tc %Tr %Ta %ts %[var(txn.host)] %HPO'

/** A longer line is cut off: its path, or with a long method more than that. */
export const accessLineBytes = 1_024

const fieldCount = 15

/** Where the front door has answered with a page, only the host tells whose it was. */
export type RouteOfHost = (host: string, path: string) => string | undefined

/** Undefined for what is no request of a route, as one that could not be read, or is no line of ours at all. */
export function parseAccessLine(text: string, routeOfHost: RouteOfHost): AccessLine | undefined {
  const fields = text.split(' ', fieldCount)
  const [at, backend = '', server, client = '', method = '', status, sent, received] = fields
  const [queue, connect, firstByte, total, ended = '', host = '', path = ''] = fields.slice(8)
  const routeId = routeIdOf(backend) ?? routeOfHost(host, path) ?? ''
  const line = {
    atMs: Number(at),
    routeId,
    target: server === undefined || server.startsWith('<') ? null : server,
    host: host === '-' ? '' : host,
    method,
    path: path === '-' ? '' : path,
    status: Number(status),
    requestBytes: Number(sent),
    responseBytes: Number(received),
    queueMs: duration(queue),
    connectMs: duration(connect),
    firstByteMs: duration(firstByte),
    totalMs: duration(total) ?? 0,
    client,
    ended,
  }
  return isWhole(line, fields.length) ? line : undefined
}

/** `17 events dropped`: what HAProxy says in the place of lines that it had no room for. */
export function parseDropped(text: string): number {
  return Number(/^(\d+) events? dropped$/.exec(text.trim())?.[1] ?? 0)
}

/** -1: it did not come to that. A `+` is before what was not over when it was written. */
function duration(text: string | undefined): number | null {
  const ms = Number(text)
  return Number.isNaN(ms) || ms < 0 ? null : ms
}

function isWhole(line: AccessLine, fields: number): boolean {
  const { routeId, atMs, status, requestBytes, responseBytes, client } = line
  return (
    fields === fieldCount &&
    routeId !== '' &&
    Number.isSafeInteger(atMs) &&
    Number.isInteger(status) &&
    status > 0 &&
    Number.isSafeInteger(requestBytes) &&
    Number.isSafeInteger(responseBytes) &&
    isIP(client) !== 0
  )
}
