/**
 * Counts attempts by key within a sliding window, in memory: guessing starts again when the process does, which costs a
 * guesser more than it gains. Bounded: beyond `maxKeys` the oldest are forgotten.
 */
export class Attempts {
  readonly #times = new Map<string, number[]>()
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number

  constructor(options: { limit: number; windowMs: number; maxKeys?: number }) {
    this.#limit = options.limit
    this.#windowMs = options.windowMs
    this.#maxKeys = options.maxKeys ?? 10_000
  }

  /** Counts one more. How long to wait instead, or 0 where it is within the limit. */
  add(key: string, now = Date.now()): number {
    const recent = (this.#times.get(key) ?? []).filter((time) => time > now - this.#windowMs)
    this.#times.delete(key)
    this.#times.set(key, recent)
    this.#forgetOldest()
    const [first] = recent
    if (recent.length >= this.#limit && first !== undefined) return first + this.#windowMs - now
    recent.push(now)
    return 0
  }

  forget(key: string): void {
    this.#times.delete(key)
  }

  #forgetOldest(): void {
    for (const key of this.#times.keys()) {
      if (this.#times.size <= this.#maxKeys) return
      this.#times.delete(key)
    }
  }
}
