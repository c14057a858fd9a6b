import type { Stores } from '@berth/database'

/** For as long as the audit log is kept: thirteen months, so that last year can be compared with this one. */
export const auditDays = 400
/** Counted attempts have long ceased to matter by then. */
const attemptDays = 7
const dayMs = 24 * 60 * 60_000

/** What people left behind them that has had its time. A piece at a time, until nothing is left. */
export async function forgetWhatIsOld({
  stores,
}: {
  stores: Pick<Stores, 'audit' | 'attempts'>
}): Promise<void> {
  await stores.attempts.forgetBefore(new Date(Date.now() - attemptDays * dayMs))
  const before = new Date(Date.now() - auditDays * dayMs)
  for (let pieces = 0; pieces < 100; pieces++) if ((await stores.audit.forget(before)) === 0) return
}
