import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { containerError, startFailed } from '../container/errors.ts'
import type { ResolvedUser } from '../sandbox.ts'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import { isBelowAny } from './mount-targets.ts'

/**
 * Finds out before a start whether the program is there and may be executed, because an init in front of it would
 * start either way and the reason would be lost in the log. Looks it up as execvp does: by PATH, unless it has a slash.
 * What a mount will hold is not looked at.
 *
 * @throws CONTAINER.PROGRAM_NOT_FOUND, CONTAINER.PROGRAM_NOT_EXECUTABLE; CONTAINER.START_FAILED: an empty word
 */
export async function assertProgram(
  root: string,
  options: {
    word: string
    path: string
    workingDirectory: string
    user: ResolvedUser
    range: { start: number }
    mounts: readonly { target: string }[]
  },
): Promise<void> {
  const { word, path, workingDirectory } = options
  if (word === '') throw startFailed('its command is an empty word')
  const places = word.includes('/')
    ? [word.startsWith('/') ? word : join(workingDirectory, word)]
    : path.split(':').map((directory) => join(directory || workingDirectory, word))
  const problems = await Promise.all(places.map((place) => problemWith(root, place, options)))
  if (problems.includes(null)) return
  const found = problems.find((problem) => problem !== 'missing')
  if (found === undefined || found === null)
    throw containerError['CONTAINER.PROGRAM_NOT_FOUND']({ program: word })
  throw containerError['CONTAINER.PROGRAM_NOT_EXECUTABLE']({ program: word, reason: found })
}

async function problemWith(
  root: string,
  place: string,
  {
    user,
    range,
    mounts,
  }: { user: ResolvedUser; range: { start: number }; mounts: readonly { target: string }[] },
): Promise<string | null> {
  try {
    const real = await resolveInRoot(root, place)
    if (isBelowAny(real.slice(root.length), mounts)) return null
    const stats = await lstat(real)
    if (stats.isDirectory()) return 'it is a directory'
    if (!stats.isFile()) return 'it is not a program'
    return mayExecute(stats, user, range) ? null : 'permission denied: it is not executable'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw error
  }
}

/** Root may execute what anyone may. Ids on the mounted root are those outside. */
function mayExecute(
  stats: { mode: number; uid: number; gid: number },
  user: ResolvedUser,
  range: { start: number },
): boolean {
  if (user.uid === 0) return (stats.mode & 0o111) !== 0
  if (stats.uid - range.start === user.uid) return (stats.mode & 0o100) !== 0
  const groups = [user.gid, ...user.groups]
  if (groups.includes(stats.gid - range.start)) return (stats.mode & 0o010) !== 0
  return (stats.mode & 0o001) !== 0
}
