import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { TerminalSize } from '../engine.ts'

/** How large its terminal is: three numbers, on conmon's control pipe. Source: conmon, src/ctrl.c: WIN_RESIZE_EVENT 1. */
export async function tellMonitor(bundle: string, { rows, columns }: TerminalSize): Promise<void> {
  try {
    const handle = await open(`${bundle}/ctl`, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      await handle.write(`1 ${rows} ${columns}\n`)
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Nobody reads: the monitor has just ended, and so has what it would have done.
    if (!['ENXIO', 'ENOENT', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
