/**
 * How often something was tried, kept in the database: a restart forgets none of it, and every process counts the same.
 *
 * Contract of `take`:
 * - Counts one more and answers 0, or, where it has to wait still, answers for how many milliseconds and counts nothing.
 * - Of several at the same time each is counted: it is one statement.
 * - Up to `free` in a row none waits; then the next has to wait 1 s, 2 s, 4 s …, `longestMs` at most.
 * - What has been quiet for `forgetMs` begins anew.
 */
export interface AttemptStore {
  take(key: string, rule: AttemptRule): Promise<number>
  /** How long the next one would have to wait; counts nothing. */
  waitMs(key: string): Promise<number>
  /** One of those counted was none: it went well. */
  giveBack(key: string): Promise<void>
  forget(keys: readonly string[]): Promise<void>
  /** What was tried last before then. For the daily round. */
  forgetBefore(before: Date): Promise<number>
}

export type AttemptRule = { free: number; longestMs: number; forgetMs: number }

/** After so many in a row, until the next may be tried. */
export function delayMs(count: number, { free, longestMs }: AttemptRule): number {
  if (count < free) return 0
  return Math.min(longestMs, 1_000 * 2 ** Math.min(count - free, 30))
}
