/**
 * So many at a time, and no app before its turn: one with a thousand checks holds up its own. What waits is bounded by those
 * who ask: each waits for its turn before it asks for another.
 */
export interface FairTurns {
  /** Resolves with the function that gives the turn back. */
  take(appId: string): Promise<() => void>
}

export function openFairTurns(atOnce: number): FairTurns {
  const waiting = new Map<string, (() => void)[]>()
  let free = atOnce

  function giveBack(): void {
    const [appId, line] = waiting.entries().next().value ?? []
    if (appId === undefined || line === undefined) {
      free += 1
      return
    }
    const begin = line.shift()
    // To the end, behind every other app.
    waiting.delete(appId)
    if (line.length > 0) waiting.set(appId, line)
    begin?.()
  }

  return {
    async take(appId) {
      if (free > 0) free -= 1
      else {
        const turn = Promise.withResolvers<void>()
        const line = waiting.get(appId) ?? []
        line.push(turn.resolve)
        waiting.set(appId, line)
        await turn.promise
      }
      let held = true
      return () => {
        if (held) giveBack()
        held = false
      }
    },
  }
}
