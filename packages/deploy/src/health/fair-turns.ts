/**
 * So many at a time, of one app only a part of them, and apps take turns: one with a thousand checks that hang holds up its
 * own. What waits is bounded by those who ask: each waits for its turn before it asks for another.
 */
export interface FairTurns {
  /** Resolves with the function that gives the turn back. */
  take(appId: string): Promise<() => void>
}

export function openFairTurns({ atOnce, perApp }: { atOnce: number; perApp: number }): FairTurns {
  const waiting = new Map<string, (() => void)[]>()
  const held = new Map<string, number>()
  let free = atOnce

  function beginNext(): void {
    if (free === 0) return
    const next = [...waiting].find(([appId]) => (held.get(appId) ?? 0) < perApp)
    if (next === undefined) return
    const [appId, line] = next
    const begin = line.shift()
    // To the end, behind every other app.
    waiting.delete(appId)
    if (line.length > 0) waiting.set(appId, line)
    free -= 1
    held.set(appId, (held.get(appId) ?? 0) + 1)
    begin?.()
  }

  function giveBack(appId: string): void {
    free += 1
    const rest = (held.get(appId) ?? 1) - 1
    if (rest === 0) held.delete(appId)
    else held.set(appId, rest)
    beginNext()
  }

  return {
    async take(appId) {
      const turn = Promise.withResolvers<void>()
      waiting.set(appId, [...(waiting.get(appId) ?? []), turn.resolve])
      beginNext()
      await turn.promise
      let isHeld = true
      return () => {
        if (isHeld) giveBack(appId)
        isHeld = false
      }
    },
  }
}
