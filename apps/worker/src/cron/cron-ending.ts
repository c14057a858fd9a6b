import { oneOffError } from '@berth/deploy'
import { type BerthError, type CronRun, toErrorRecord } from '@berth/domain'
import type { CronEnding } from '@berth/release'
import type { Ending } from '../one-off/until-ended.ts'
import { cronError } from './errors.ts'

/** What is written down of a run's end. Pure. */
export function cronEnding(
  { how, exit }: Ending,
  { run, lines, isReplaced }: { run: Pick<CronRun, 'timeoutMs'>; lines: string[]; isReplaced: boolean },
): CronEnding {
  const shown = { exitCode: exit?.code ?? null, signal: exit?.signal ?? null, lastLines: lines }
  const error = errorOf()
  return { ...shown, state: error === null ? 'succeeded' : 'failed', error: error && toErrorRecord(error) }

  function errorOf(): BerthError | null {
    if (exit === null || how === 'removed') return cronError['CRON.LOST']()
    if (how === 'timed out') return oneOffError['ONE_OFF.TIMED_OUT']({ timeoutMs: run.timeoutMs })
    if (isReplaced) return cronError['CRON.REPLACED']()
    if (exit.outOfMemory) return cronError['CRON.OUT_OF_MEMORY']()
    if (exit.code === 0) return null
    return cronError['CRON.FAILED']({ code: exit.code, signal: exit.signal, lastLines: lines })
  }
}
