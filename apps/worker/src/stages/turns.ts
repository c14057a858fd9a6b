/**
 * One deployment of an app at a time, in the order in which they asked. In this process alone: there is one worker.
 */
export interface Turns {
  /** Resolves with the function that gives the turn back. `onWait` is told who has it. Rejects when aborted. */
  take(
    appId: string,
    turn: { name: string; onWait(holder: string): void; signal: AbortSignal },
  ): Promise<() => void>
}

type Waiting = { name: string; begin(): void }

export function openTurns(): Turns {
  const lines = new Map<string, { holder: string; waiting: Waiting[] }>()

  function giveBack(appId: string): void {
    const line = lines.get(appId)
    const next = line?.waiting.shift()
    if (line === undefined || next === undefined) return void lines.delete(appId)
    line.holder = next.name
    next.begin()
  }

  return {
    async take(appId, { name, onWait, signal }) {
      signal.throwIfAborted()
      const line = lines.get(appId)
      if (line === undefined) lines.set(appId, { holder: name, waiting: [] })
      else await queueUp(line, { name, onWait, signal })
      let held = true
      return () => {
        if (held) giveBack(appId)
        held = false
      }
    },
  }
}

function queueUp(
  line: { holder: string; waiting: Waiting[] },
  { name, onWait, signal }: { name: string; onWait(holder: string): void; signal: AbortSignal },
): Promise<void> {
  onWait(line.waiting.at(-1)?.name ?? line.holder)
  return new Promise((resolve, reject) => {
    const place: Waiting = {
      name,
      begin: () => {
        signal.removeEventListener('abort', leave)
        resolve()
      },
    }
    const leave = () => {
      line.waiting.splice(line.waiting.indexOf(place), 1)
      reject(signal.reason)
    }
    line.waiting.push(place)
    signal.addEventListener('abort', leave, { once: true })
  })
}
