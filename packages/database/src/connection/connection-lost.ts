/**
 * Tells a database that is away (restarting, killed, not there yet) from one that says no.
 * SQLSTATE: class 08 connection exceptions, 57P01-57P03 shutting down or starting up, 53300 too many connections.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const sqlStates = /^(?:08...|57P0[123]|53300)$/
const systemErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'])
/** pg throws these without a code. */
const driverMessages = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout exceeded when trying to connect',
  'Client was closed and is not queryable',
]

export function isConnectionLost(error: unknown): boolean {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    const code = codeOf(current)
    if (code !== null && (sqlStates.test(code) || systemErrors.has(code))) return true
    if (driverMessages.some((text) => (current as Error).message.includes(text))) return true
  }
  return false
}

function codeOf(error: Error): string | null {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : null
}
