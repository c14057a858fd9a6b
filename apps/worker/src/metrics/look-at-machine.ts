import { readFile } from 'node:fs/promises'

/** What the kernel says of the whole machine. Sources: proc(5), /proc/stat and /proc/meminfo. */
export type MachineLook = { cpuTimeMs: number; cpus: number; memoryBytes: number; memoryTotalBytes: number }

/** The kernel counts in hundredths of a second for programs, whatever its own clock is. */
const tickMs = 10

export async function lookAtMachine(): Promise<MachineLook> {
  const [stat, memory] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/meminfo', 'utf8'),
  ])
  return { ...parseStat(stat), ...parseMemory(memory) }
}

/** Busy is what is neither idle nor waiting for a disk; guests are in the user's time already. */
export function parseStat(text: string): Pick<MachineLook, 'cpuTimeMs' | 'cpus'> {
  const lines = text.split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (lines[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const cpus = lines.filter((line) => /^cpu\d/.test(line)).length
  return { cpuTimeMs: (user + nice + system + irq + softirq + steal) * tickMs, cpus }
}

export function parseMemory(text: string): Pick<MachineLook, 'memoryBytes' | 'memoryTotalBytes'> {
  const bytesOf = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1_024
  const memoryTotalBytes = bytesOf('MemTotal')
  return { memoryTotalBytes, memoryBytes: memoryTotalBytes - bytesOf('MemAvailable') }
}
