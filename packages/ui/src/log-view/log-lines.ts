/**
 * The lines of a log in the browser: appended in batches, the oldest dropped beyond the limit, told to listeners at
 * most once a frame. Lines keep their number for ever, so a link to a line stays true when older ones are dropped.
 */
export type LogLine = {
  /** From 1, rising. */
  number: number
  text: string
  /** Shown before the text: which instance, which step. */
  source?: string
  /** What it belongs to; a view may show one group alone, or fold it away. */
  group?: string
  /** The first of its group: what is left of it when it is folded. */
  isHead?: boolean
  tone?: 'bad' | 'warn' | 'accent'
  /** A mark at the edge: what a program wrote to its error stream is often no error. */
  edged?: boolean
  /** ISO 8601. */
  at?: string
  /** Words of a button behind the text (`onAction` of the view). */
  action?: string
}

export class LogLines {
  readonly limit: number
  #lines: LogLine[] = []
  #listeners = new Set<() => void>()
  #scheduled = false
  #snapshot: readonly LogLine[] = []

  constructor(limit = 100_000) {
    this.limit = limit
  }

  append(lines: readonly LogLine[]): void {
    for (const line of lines) this.#lines.push(line)
    // Dropped in blocks: taking one line off the front of 100,000 for each that arrives would cost more than drawing.
    if (this.#lines.length > this.limit * 1.1) this.#lines = this.#lines.slice(-this.limit)
    this.#schedule()
  }

  /** Older lines than those that are there. False: there is no room for them. */
  prepend(lines: readonly LogLine[]): boolean {
    if (this.#lines.length + lines.length > this.limit) return false
    this.#lines = [...lines, ...this.#lines]
    this.#schedule()
    return true
  }

  clear(): void {
    this.#lines = []
    this.#schedule()
  }

  /** The lines as they were told last; the same array until something changes. */
  snapshot = (): readonly LogLine[] => this.#snapshot

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #schedule() {
    if (this.#scheduled) return
    this.#scheduled = true
    const frame = globalThis.requestAnimationFrame ?? ((run: () => void) => setTimeout(run, 16))
    // A hidden page draws no frames, but its lines must not pile up unseen for ever either: a timer serves there.
    const soon = globalThis.document?.hidden ? (run: () => void) => setTimeout(run, 500) : frame
    soon(() => this.#tell())
  }

  #tell() {
    this.#scheduled = false
    this.#snapshot = this.#lines.slice()
    for (const listener of this.#listeners) listener()
  }
}
