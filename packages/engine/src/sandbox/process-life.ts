import { readFileSync } from 'node:fs'

/** A process, told from a later one of the same number by when it started (clock ticks since the machine did). */
export type ProcessMark = { pid: number; startTicks: number }

/** Undefined: there is none of that number, or it has ended and only waits to be reaped. */
export function markProcess(pid: number): ProcessMark | undefined {
  const stat = readStat(pid)
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined
  return { pid, startTicks: stat.startTicks }
}

export function isSame(mark: ProcessMark): boolean {
  return markProcess(mark.pid)?.startTicks === mark.startTicks
}

/** False also for one that has ended and only waits to be reaped: the machine's first process may take its time. */
export function isAlive(pid: number): boolean {
  return pid > 0 && markProcess(pid) !== undefined
}

/** False: it is gone already. Never a group of processes, which 0 and negative numbers mean to kill(2). */
export function signalProcess(pid: number, signal: number | NodeJS.Signals): boolean {
  if (!(pid > 0)) return false
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Source: proc(5). The name stands in parentheses and may hold anything; the fields after the last one are plain. */
function readStat(pid: number): { state: string; startTicks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTicks: Number(fields[19]) }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
