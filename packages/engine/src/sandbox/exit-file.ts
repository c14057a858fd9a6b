import { readFile } from 'node:fs/promises'
import { isAlive } from './process-life.ts'

/** conmon's word on how a container ended: a file with the exit code, which appears by rename. Undefined: not there. */
export async function readExitFile(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const firstPauseMs = 1
const longestPauseMs = 50
/** Of a monitor that cannot write (a disk that does not answer). */
const longestWaitMs = 60_000

/**
 * For a container that has ended: waits for the file for as long as the monitor, which writes it, lives, and not for ever.
 * Undefined: it died, or the time was over, without.
 */
export async function awaitExitFile(
  path: string,
  monitorPid: number,
  waitMs = longestWaitMs,
): Promise<number | undefined> {
  const end = performance.now() + waitMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    // In this order: it may write and end between two looks.
    const alive = isAlive(monitorPid)
    const code = await readExitFile(path)
    if (code !== undefined || !alive || performance.now() > end) return code
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
