import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Endpoint = { address: string; port: number }

/** One attempt that a container which drops packets cannot hold up for longer. */
const attemptTimeoutMs = 1_000

/** Does something accept a connection there now? */
export function acceptsConnection(
  endpoint: Endpoint,
  { signal, timeoutMs = attemptTimeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: endpoint.address, port: endpoint.port, signal })
    const answer = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.setTimeout(timeoutMs, () => answer(false))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

/** False when the signal was aborted first. */
export async function untilAccepted(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  const startedAt = Date.now()
  while (!signal.aborted) {
    if (await acceptsConnection(endpoint, { signal })) return true
    await sleep(pauseMs(Date.now() - startedAt), undefined, { signal }).catch(() => undefined)
  }
  return false
}

/** A refused attempt costs about 0.1 ms: every 3 ms in the first second, then less and less often. */
function pauseMs(elapsedMs: number): number {
  if (elapsedMs < 1_000) return 3
  return elapsedMs < 5_000 ? 10 : 50
}
