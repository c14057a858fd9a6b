import { readFileSync, rmSync } from 'node:fs'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { places, type Settings } from '@berth/domain'
import { cliError } from '../errors.ts'

/**
 * One `berth up` a home. The lock file holds the process id and the process's start time, so a lock whose owner died
 * (or whose id another process has now) counts for nothing.
 */
export async function takeUpLock(settings: Settings): Promise<() => void> {
  const path = places(settings).upLock
  await mkdir(dirname(path), { recursive: true })
  const owner = await upLockOwner(settings)
  if (owner !== null) throw cliError['UP.ALREADY_RUNNING']({ home: settings.home, pid: owner })
  rmSync(path, { force: true })
  const file = await open(path, 'wx', 0o644)
  await file.writeFile(`${process.pid} ${startTime(process.pid)}\n`)
  await file.close()
  return () => rmSync(path, { force: true })
}

/** The process id of the `berth up` that runs for these settings; null where none does. */
export async function upLockOwner(settings: Settings): Promise<number | null> {
  const text = await readFile(places(settings).upLock, 'utf8').catch(absent)
  const [pid, started] = (text ?? '').trim().split(' ')
  const alive = pid !== undefined && pid !== '' && startTime(Number(pid)) === started
  return alive ? Number(pid) : null
}

/** Field 22 of /proc/PID/stat (see proc_pid_stat(5)): clock ticks since boot; null where there is no such process. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
