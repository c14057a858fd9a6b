import { readdir, readFile } from 'node:fs/promises'
import type { Platform } from './start-platform.ts'

export const partNames = ['worker', 'receiver', 'dashboard', 'haproxy', 'postgres'] as const
export type PartName = (typeof partNames)[number]

/** How each part's processes are told from the rest by their command line. */
const marks: Record<PartName, (words: readonly string[]) => boolean> = {
  worker: (words) => words.some((word) => word.endsWith('/apps/worker/src/worker.ts')),
  receiver: (words) => words.some((word) => word.endsWith('/apps/receiver/src/receiver.ts')),
  dashboard: (words) =>
    words.some((word) => word.endsWith('/next')) || words[0]?.startsWith('next-server') === true,
  haproxy: (words) => words[0]?.endsWith('haproxy') === true,
  postgres: (words) => words[0]?.endsWith('/postgres') === true,
}

/** The processes of a part of this platform: they have its home in their environment or on their command line. */
export async function pidsOf(platform: Platform, part: PartName): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readProcess(pid, 'cmdline')).split('\0')
      if (!marks[part](words)) return []
      const context = `${words.join(' ')} ${await readProcess(pid, 'environ')}`
      return context.includes(platform.settings.home) ? [pid] : []
    }),
  )
  return found.flat()
}

export async function killPart(platform: Platform, part: PartName): Promise<void> {
  const pids = await pidsOf(platform, part)
  if (pids.length === 0) throw new Error(`the platform has no ${part} to kill`)
  for (const pid of pids) killHard(pid)
}

export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A process may end between being listed and being read. */
async function readProcess(pid: number, file: 'cmdline' | 'environ'): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return ''
    throw error
  }
}
