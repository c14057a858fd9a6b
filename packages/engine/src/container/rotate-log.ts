import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { rotate } from './log-files.ts'

/** conmon's word for "open the log again", on its control pipe. Source: conmon, src/ctrl.c, REOPEN_LOGS_EVENT. */
const reopenLogs = '2 0 0\n'

/** Starts a new file when the log has grown beyond its size. conmon goes on in the new one within milliseconds. */
export async function rotateLog(
  path: string,
  { bundle, maxBytes, maxFiles }: { bundle: string; maxBytes: number; maxFiles: number },
): Promise<void> {
  if ((await sizeOf(path)) <= maxBytes) return
  await rotate(path, maxFiles)
  await tellMonitor(`${bundle}/ctl`, reopenLogs)
}

async function tellMonitor(pipe: string, words: string): Promise<void> {
  try {
    const handle = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      await handle.write(words)
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Nobody reads: the monitor has just ended, and so has the log.
    if (!['ENXIO', 'ENOENT', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}
