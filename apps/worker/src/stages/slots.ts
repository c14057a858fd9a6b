/**
 * So many at a time, in the order in which they asked: builds are heavy, and those that only wait for their app's turn must
 * not keep another app's waiting.
 */
export interface Slots {
  /** Resolves with the function that gives the slot back. Rejects when aborted. */
  take(signal: AbortSignal): Promise<() => void>
}

export function openSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []

  function giveBack(): void {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (free > 0) free -= 1
      else await queueUp(waiting, signal)
      let held = true
      return () => {
        if (held) giveBack()
        held = false
      }
    },
  }
}

function queueUp(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      waiting.splice(waiting.indexOf(begin), 1)
      reject(signal.reason)
    }
    waiting.push(begin)
    signal.addEventListener('abort', leave, { once: true })
  })
}
