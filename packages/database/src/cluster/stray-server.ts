import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { places, type Settings } from '@berth/domain'
import { databaseError } from '../errors.ts'
import { postgresSocket } from './postgres-commands.ts'

/**
 * What a killed supervisor or a reboot leaves: a server that still runs, or lock files that name a process id which
 * belongs to nobody, or to somebody else by now. PostgreSQL refuses to start where that id is alive and of the same
 * user, as it is when two platforms share a machine. The caller holds the platform's lock, so whatever is found is stray.
 */
type Place = Pick<Settings, 'home' | 'run'>

const stopWithinMs = 15_000

/** Stops a server that was left running, then removes its lock files. @throws DATABASE.STRAY_SERVER */
export async function clearStrayServer(settings: Place): Promise<void> {
  const { postgresData } = places(settings)
  const pid = await lockedBy(`${postgresData}/postmaster.pid`)
  if (pid === null) return
  if (await serves(pid, postgresData)) await stop(pid, postgresData)
  await rm(`${postgresData}/postmaster.pid`, { force: true })
  await rm(`${postgresSocket(settings)}.lock`, { force: true })
  await rm(postgresSocket(settings), { force: true })
}

async function lockedBy(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(absent)
  const pid = Number(text?.split('\n')[0])
  return Number.isInteger(pid) && pid > 1 ? pid : text === null ? null : -1
}

async function serves(pid: number, dataDirectory: string): Promise<boolean> {
  if (pid < 0) return false
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(absent))?.split('\0') ?? []
  return words.some((word, index) => word === '-D' && words[index + 1] === dataDirectory)
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stop(pid: number, dataDirectory: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal)
    const deadline = Date.now() + stopWithinMs
    while (Date.now() < deadline) {
      if (!(await serves(pid, dataDirectory))) return
      await sleep(20)
    }
  }
  throw databaseError['DATABASE.STRAY_SERVER']({ pid })
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return null
  throw error
}
