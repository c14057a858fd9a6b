import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 25

/** Asks again and again until the answer is yes. Rejects with the signal's reason. */
export async function until(
  ask: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  while (!(await ask(signal))) await sleep(pauseMs, undefined, { signal })
}

/** Does something accept connections here? */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const answer = (yes: boolean) => () => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('connect', answer(true))
    socket.once('error', answer(false))
    socket.once('timeout', answer(false))
  })
}

/** Does this address answer with 200? */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' })
    await response.arrayBuffer()
    return response.status === 200
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return false
    throw error
  }
}
