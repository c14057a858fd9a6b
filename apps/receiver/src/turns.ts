import { pushError } from './errors.ts'

/**
 * Pushes of one app take turns: one deploys, at most one waits. A newer push takes the place of the one that waits, which
 * then fails with PUSH.SUPERSEDED. Turns are this process's: there is one receiver a platform.
 */
export type Turns = {
  /**
   * Waits for the app's turn; `onWait` is called first if there is something to wait for. The turn lasts until the
   * returned function is called. @throws PUSH.SUPERSEDED, or the signal's reason
   */
  take(
    app: { id: string; name: string },
    options: { signal: AbortSignal; onWait: () => void },
  ): Promise<() => void>
}

/** What a pusher is told who waits. */
export const waitingFor = (app: string) => `Waiting for the push to ${app} that came before.`

type Waiting = { start: () => void; supersede: () => void }

export function openTurns(): Turns {
  const taken = new Map<string, Waiting | null>()

  function release(appId: string): void {
    const next = taken.get(appId)
    if (next) next.start()
    else taken.delete(appId)
  }

  function releaseOnce(appId: string): () => void {
    let released = false
    return () => {
      if (!released) release(appId)
      released = true
    }
  }

  return {
    async take(app, { signal, onWait }) {
      signal.throwIfAborted()
      if (!taken.has(app.id)) {
        taken.set(app.id, null)
        return releaseOnce(app.id)
      }
      taken.get(app.id)?.supersede()
      onWait()
      await waitInLine(taken, app, signal)
      return releaseOnce(app.id)
    },
  }
}

function waitInLine(
  taken: Map<string, Waiting | null>,
  app: { id: string; name: string },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      signal.removeEventListener('abort', giveUp)
      if (taken.get(app.id) === waiting) taken.set(app.id, null)
    }
    const giveUp = () => {
      leave()
      reject(signal.reason)
    }
    const waiting: Waiting = {
      start: () => {
        leave()
        resolve()
      },
      supersede: () => {
        leave()
        reject(pushError['PUSH.SUPERSEDED']({ app: app.name }))
      },
    }
    taken.set(app.id, waiting)
    signal.addEventListener('abort', giveUp, { once: true })
  })
}
