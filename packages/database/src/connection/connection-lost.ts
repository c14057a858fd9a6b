/**
 * Tells a database that is away (restarting, killed, not there yet) from one that says no. The same loss has many faces:
 * Node's system errors, pg's messages without a code, PostgreSQL's SQLSTATEs, the adapter's kinds, Prisma's own codes.
 */
const codes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'],
  // https://www.prisma.io/docs/orm/reference/error-reference: unreachable, timed out, closed, no transaction in time
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2028'],
  // @prisma/adapter-pg 7.10, mapSocketError
  ...['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'],
  'DATABASE.UNAVAILABLE',
])
/** Class 08 connection exceptions, 57P01-57P03 shutting down or starting up, 53300 too many connections. */
const sqlStates = /^(?:08...|57P0[123]|53300)$/
const driverMessages =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Client was closed/

/** Looks through what an error wraps: its cause, and what Prisma keeps in `meta`. */
export function isConnectionLost(error: unknown): boolean {
  let layer = asLayer(error)
  for (let depth = 0; layer !== null && depth < 6; depth++) {
    if ([layer.code, layer.originalCode, layer.kind].some(isLossCode)) return true
    if (typeof layer.message === 'string' && driverMessages.test(layer.message)) return true
    layer = asLayer(layer.cause) ?? asLayer(asLayer(layer.meta)?.driverAdapterError)
  }
  return false
}

type Layer = Readonly<Record<string, unknown>>

function asLayer(value: unknown): Layer | null {
  return typeof value === 'object' && value !== null ? (value as Layer) : null
}

function isLossCode(code: unknown): boolean {
  return typeof code === 'string' && (codes.has(code) || sqlStates.test(code))
}
