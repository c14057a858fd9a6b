import { stat } from 'node:fs/promises'
import { rotate } from './log-files.ts'
import { tellMonitor } from './tell-monitor.ts'

/** Starts a new file when the log has grown beyond its size. conmon goes on in the new one within milliseconds. */
export async function rotateLog(
  path: string,
  { bundle, maxBytes, maxFiles }: { bundle: string; maxBytes: number; maxFiles: number },
): Promise<void> {
  if ((await sizeOf(path)) <= maxBytes) return
  await rotate(path, maxFiles)
  await tellMonitor(bundle, 'open the log again')
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}
