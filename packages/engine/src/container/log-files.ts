import { rename, rm, stat } from 'node:fs/promises'

/** A rotated log: `ID.log` is being written, `ID.log.1` the one before it, up to `ID.log.<maxFiles - 1>`. */

const mostFiles = 100

export type LogFile = { path: string; inode: number; sizeBytes: number }

/** Those that exist, oldest first. */
export async function logFiles(path: string): Promise<LogFile[]> {
  const files: LogFile[] = []
  for (let age = 1; age < mostFiles; age += 1) {
    const file = await look(rotatedPath(path, age))
    if (file === undefined) break
    files.unshift(file)
  }
  const newest = await look(path)
  return newest === undefined ? files : [...files, newest]
}

/**
 * Makes room for a new file at `path`. Afterwards the writer must be told to open it again; until then it writes to
 * the renamed one, where readers still look.
 */
export async function rotate(path: string, maxFiles: number): Promise<void> {
  const kept = Math.min(Math.max(maxFiles, 1), mostFiles)
  await rm(rotatedPath(path, kept - 1), { force: true })
  for (let age = kept - 2; age >= 0; age -= 1)
    await renameIfThere(rotatedPath(path, age), rotatedPath(path, age + 1))
}

/** The log with everything that was rotated. */
export async function removeLog(path: string): Promise<void> {
  for (const file of await logFiles(path)) await rm(file.path, { force: true })
}

function rotatedPath(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age}`
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

async function look(path: string): Promise<LogFile | undefined> {
  try {
    const { ino, size } = await stat(path)
    return { path, inode: ino, sizeBytes: size }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
