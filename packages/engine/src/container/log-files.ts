import { link, rename, rm, stat, writeFile } from 'node:fs/promises'

/**
 * A container's log on the disk: `ID.log` is being written, `ID.log.1` is the file before it, and so on. What it promises: all
 * of them together never take more than `maxBytes` times `maxFiles`, but for one record (8 KB) where that is larger than a
 * file may be, whether an engine runs or not; and what there is of the log is in order.
 *
 * conmon alone decides when to begin anew (`--log-size-max`): it puts an empty file in the place of the one that it has
 * filled, which is gone then, unless it has another name. So that name is given to it beforehand (`keepWritten`). Asking
 * conmon to begin anew earlier would not do: it counts on regardless, and throws the next file away half full (2.1).
 * Where it fills more than one file before somebody comes to name it, those between are lost: the middle of a flood.
 */
export type LogBounds = { maxBytes: number; maxFiles: number }

export type LogFile = { path: string; inode: number; sizeBytes: number }

const mostFiles = 100

/**
 * One file more than asked for, and each the smaller: the one that conmon has just filled is not yet the place of the
 * oldest. `fillBytes` are conmon's, which does not know what the run before has left in the file; `keepBytes` is how much of
 * that may be.
 */
export function logPieces({ maxBytes, maxFiles }: LogBounds) {
  const wanted = Math.min(Math.max(maxFiles, 1), mostFiles - 1)
  const mostBytes = (maxBytes * wanted) / (wanted + 1)
  const keepBytes = Math.floor(mostBytes / 8)
  return { files: wanted + 1, keepBytes, fillBytes: Math.max(1, Math.floor(mostBytes) - keepBytes) }
}

/**
 * Those that exist, oldest first, each once. They may be given their next names meanwhile (`keepWritten`), from the oldest on:
 * then one name is missing for a moment, and a file that was looked at may stand under the next name as well.
 */
export async function logFiles(path: string): Promise<LogFile[]> {
  const older: LogFile[] = []
  for (let age = 1, missing = 0; age < mostFiles && missing < 2; age += 1) {
    const file = await look(olderPath(path, age))
    if (file === undefined) missing += 1
    else older.unshift(file)
  }
  const newest = await look(path)
  const seen = newest === undefined ? older : [...older.filter(({ inode }) => inode !== newest.inode), newest]
  return seen.filter(({ inode }, at) => seen.findIndex((one) => one.inode === inode) === at)
}

/** Gives what is being written its second name, unless it has it. Returns what is being written. */
export async function keepWritten(path: string, bounds: LogBounds): Promise<LogFile | undefined> {
  const [written, older] = [await look(path), await look(olderPath(path, 1))]
  if (written === undefined || written.sizeBytes === 0 || written.inode === older?.inode) return written
  const { files } = logPieces(bounds)
  await rm(olderPath(path, files - 1), { force: true })
  for (let age = files - 2; age >= 1; age -= 1)
    await unlessGone(rename(olderPath(path, age), olderPath(path, age + 1)))
  await unlessGone(link(path, olderPath(path, 1)))
  // The file that conmon will write next: where no file can be made any more, it would end, and its container with it.
  await writeFile(`${path}.tmp`, '', { flag: 'a', mode: 0o600 })
  return written
}

/** Before a run: it goes on in the same file, unless that holds too much for another filling. */
export async function beginLog(path: string, bounds: LogBounds): Promise<void> {
  const written = await keepWritten(path, bounds)
  if (written !== undefined && written.sizeBytes > logPieces(bounds).keepBytes) await rm(path)
}

function olderPath(path: string, age: number): string {
  return `${path}.${age}`
}

async function unlessGone(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
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
