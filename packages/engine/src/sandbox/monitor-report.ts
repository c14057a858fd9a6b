import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningCommand } from '@berth/command'
import { z } from 'zod'
import { containerError, startFailed } from '../container/errors.ts'

/** The first process of the container that conmon was asked for, or -1 and why there is none. */
export type MonitorReport = z.infer<typeof report>

const report = z.object({ data: z.number(), message: z.string().optional() })
/** A runtime that hangs (a disk that does not answer) must not hang its caller. */
const longestWaitMs = 30_000
const mostBytes = 65_536

/**
 * conmon prints one line on its descriptor 3. One that says nothing in time is killed.
 *
 * @throws CONTAINER.START_FAILED: it said nothing in time; CONTAINER.HOST_UNFIT: there is no conmon
 */
export async function monitorReport(monitor: RunningCommand, waitMs = longestWaitMs): Promise<MonitorReport> {
  const pipe = monitor.pipe(3) as Readable | null
  if (pipe === null || monitor.pid === undefined)
    throw containerError['CONTAINER.HOST_UNFIT']({ missing: 'conmon' })
  const timer = setTimeout(() => {
    monitor.kill('SIGKILL')
    pipe.destroy(startFailed(`the machine did not create it within ${waitMs / 1000} s`))
  }, waitMs)
  try {
    let text = ''
    for await (const chunk of pipe) {
      text += String(chunk)
      if (text.includes('\n') || text.length > mostBytes) break
    }
    return text === '' ? { data: -1 } : report.parse(JSON.parse(text.split('\n')[0] ?? ''))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The monitor that stays. conmon's first process writes its id and ends, which on a busy machine may be after the one
 * that stays has made its report.
 *
 * @throws CONTAINER.START_FAILED: it was not written in time
 */
export async function monitorPid(
  monitor: RunningCommand,
  path: string,
  waitMs = longestWaitMs,
): Promise<number> {
  const written = new AbortController()
  const tooLate = sleep(waitMs, true, { signal: written.signal }).catch(() => false)
  if (await Promise.race([monitor.exited.then(() => false), tooLate]))
    throw startFailed(`its monitor was not there within ${waitMs / 1000} s`)
  written.abort()
  return Number(await readFile(path, 'utf8'))
}
