import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { chmod, mkdtemp, readdir, unlink } from 'node:fs/promises'
import { type CommandRunner, command } from '@berth/command'
import { systemError } from './errors.ts'
import { saysNoSpace } from './is-disk-full.ts'
import { mountsUnder } from './mount-table.ts'
import { tryLock, unmount } from './syscalls.ts'

/**
 * Directories that belong to this process. Each process that opens the engine has one folder under `<home>/scratch`,
 * with a lock beside it that the kernel lets go when the process ends, however it ends. Opening clears the folders
 * whose lock is free; so a crash leaves nothing for longer than until the next start, and two processes at work on one
 * home never clear each other's.
 */
export type Scratch = {
  /** This process's name: 8 hex digits. */
  id: string
  /** A new, empty directory; others may pass through it, as a container's root must, but not list it. */
  directory(): Promise<string>
  /** Removes a tree, whatever is in it; fine if it is not there. */
  remove(path: string): Promise<void>
  close(): Promise<void>
}

const passable = 0o711

/** `mountPoints`: where processes have folders of the same names for what they mount. */
export async function openScratch(
  commands: CommandRunner,
  home: string,
  mountPoints: string,
): Promise<Scratch> {
  const folder = `${home}/scratch`
  mkdirSync(folder, { recursive: true, mode: passable })
  for (const dead of await clearDead(commands, folder)) await removeTree(commands, `${mountPoints}/${dead}`)
  const id = randomBytes(4).toString('hex')
  const own = `${folder}/${id}`
  const lock = makeOwn(own)
  return {
    id,
    async directory() {
      const path = await mkdtemp(`${own}/`)
      await chmod(path, passable)
      return path
    },
    remove: (path) => removeTree(commands, path),
    async close() {
      await removeTree(commands, `${mountPoints}/${id}`)
      await clear(commands, own)
      closeSync(lock)
    },
  }
}

/** The folder of this process, and the lock that says so. @throws SYSTEM.DISK_FULL */
function makeOwn(own: string): number {
  let lock: number | undefined
  try {
    lock = openSync(`${own}.lock`, 'wx', 0o600)
    if (!tryLock(lock, 'exclusive')) throw new Error(`Another process holds the new lock ${own}.lock`)
    mkdirSync(own, { mode: passable })
    return lock
  } catch (error) {
    // The next to be opened clears it away.
    if (lock !== undefined) closeSync(lock)
    throw saysNoSpace(error) ? systemError['SYSTEM.DISK_FULL']({ path: own }, { cause: error }) : error
  }
}

/** Returns the names of the processes that are no more. */
async function clearDead(commands: CommandRunner, folder: string): Promise<string[]> {
  const dead: string[] = []
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.lock')) continue
    const lock = openIfThere(`${folder}/${name}`)
    if (lock === null) continue
    const id = name.slice(0, -'.lock'.length)
    if (tryLock(lock, 'exclusive')) {
      await clear(commands, `${folder}/${id}`)
      dead.push(id)
    }
    closeSync(lock)
  }
  return dead
}

async function clear(commands: CommandRunner, own: string): Promise<void> {
  await removeTree(commands, own)
  await unlink(`${own}.lock`)
}

/** By `rm`, outside this process: a tree of 100,000 files would keep the event loop from everything else. */
export async function removeTree(commands: CommandRunner, path: string): Promise<void> {
  for (const point of mountsUnder(path)) unmount(point)
  await commands.run(command('rm', '-rf', '--one-file-system', '--', path), { timeoutMs: 600_000 })
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
