/**
 * One request that the front door has answered, as it ended, for whoever counts or shows requests: an app's log
 * (source `router`) and its figures. Requests for no app's host and for the dashboard itself are not among them.
 */
export type AccessLine = {
  /** When it ended, as the front door's clock says: milliseconds since the epoch. */
  atMs: number
  /** As `Route.id`: the app's id. */
  routeId: string
  /** As `Target.name` (`web.1-<container id>`); null: the front door answered itself. */
  target: string | null
  /** As the route has it, or as the client has written it. */
  host: string
  method: string
  /** Without the query, which may hold secrets. Escaped as it came; at most about 900 characters. */
  path: string
  status: number
  /** Headers included. */
  requestBytes: number
  responseBytes: number
  /** Waiting for a free connection of the target; null where it did not come to that. */
  queueMs: number | null
  connectMs: number | null
  /** From the whole request sent to the first byte of the answer's headers; null: none came. */
  firstByteMs: number | null
  /** From the first byte of the request to the last of the answer; of a WebSocket, until it was closed. */
  totalMs: number
  /** IP address. */
  client: string
  /** HAProxy's two letters on who ended it and when; `--`: as it should. Source: its configuration manual, 8.5. */
  ended: string
}

/**
 * The stream of them: one reader a process, any number of listeners.
 *
 * Contract:
 * - Lines come nearly in the order in which requests ended: each thread of the front door writes for itself. A listener is called for each, must not throw,
 *   and must be quick: it counts, or puts the line into a bounded queue of its own.
 * - It never holds the front door up: what is not read in time is lost, and counted (`lost`). While nobody listens at
 *   the socket (the worker is being restarted) the front door keeps the first few thousand.
 * - A request that was under way when the front door was reloaded is not told: HAProxy 2.6 ends a ring's connection where a
 *   worker begins to stop.
 */
export interface AccessLog {
  subscribe(listener: (line: AccessLine) => void): () => void
  /** Lines that the front door had no room for, and lines that could not be read, since this process began. */
  lost(): number
  close(): Promise<void>
}
