import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { TerminalSize } from '../engine.ts'

/** Three numbers, on conmon's control pipe. Source: conmon, src/ctrl.c: WIN_RESIZE_EVENT 1, REOPEN_LOGS_EVENT 2. */
export async function tellMonitor(bundle: string, what: 'open the log again' | TerminalSize): Promise<void> {
  const words = typeof what === 'string' ? '2 0 0\n' : `1 ${what.rows} ${what.columns}\n`
  try {
    const handle = await open(`${bundle}/ctl`, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      await handle.write(words)
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Nobody reads: the monitor has just ended, and so has what it would have done.
    if (!['ENXIO', 'ENOENT', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
