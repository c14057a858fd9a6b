/** How many are inside, in all and for one key (an address, a person). `enter` returns the way out, or null if it is full. */
export type Crowd = { enter(key: string): (() => void) | null; readonly size: number }

export function openCrowd(limits: { total: number; perKey: number }): Crowd {
  const counts = new Map<string, number>()
  let total = 0
  return {
    get size() {
      return total
    },
    enter(key) {
      const count = counts.get(key) ?? 0
      if (total >= limits.total || count >= limits.perKey) return null
      total += 1
      counts.set(key, count + 1)
      let left = false
      return () => {
        if (left) return
        left = true
        total -= 1
        const rest = (counts.get(key) ?? 1) - 1
        if (rest === 0) counts.delete(key)
        else counts.set(key, rest)
      }
    },
  }
}

/** Wrong guesses per address: `limit` within `windowMs`, then none is looked at until the window is over. */
export type Guesses = { isTooMany(address: string): boolean; wrong(address: string): void }

const maxAddresses = 10_000

export function countGuesses(limit: number, windowMs: number, now: () => number = Date.now): Guesses {
  const windows = new Map<string, { since: number; count: number }>()
  const current = (address: string) => {
    const found = windows.get(address)
    return found !== undefined && now() - found.since < windowMs ? found : { since: now(), count: 0 }
  }
  return {
    isTooMany: (address) => current(address).count >= limit,
    wrong(address) {
      const window = current(address)
      windows.delete(address)
      windows.set(address, { since: window.since, count: window.count + 1 })
      const oldest = windows.keys().next()
      if (windows.size > maxAddresses && !oldest.done) windows.delete(oldest.value)
    },
  }
}
