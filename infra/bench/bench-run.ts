import type { Measured } from './figure.ts'

/** What a bench gets: how much to do, and whom to tell. */
export type BenchRun = {
  rounds: number
  /** Enough to see that it works; the figures mean little. */
  quick: boolean
  /** Of the bench `density`. */
  containers: number
  /** Ctrl-C. Looked at between measurements; what was deferred is then undone. */
  signal: AbortSignal
  tell: (measured: Measured) => void
  /** For the person who watches. */
  say: (words: string) => void
  /** Carried out when the bench is over, however it ends, last first. */
  defer: (undo: () => Promise<unknown> | unknown) => void
}

export type Bench = (run: BenchRun) => Promise<void>
