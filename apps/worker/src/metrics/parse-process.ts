/** One process, as the kernel shows it. Sources: proc(5), /proc/pid/stat and /proc/pid/smaps_rollup. */
export type ProcessStat = { parent: number; cpuMs: number; startedAfterBootMs: number }

/** The kernel counts in hundredths of a second for programs, whatever its own clock is. */
const tickMs = 10

/** The name stands in brackets and may hold anything, so what follows is counted from the last one. */
export function parseStat(text: string): ProcessStat | null {
  const end = text.lastIndexOf(')')
  if (end === -1) return null
  const fields = text.slice(end + 2).split(' ')
  const number = (at: number) => Number(fields[at] ?? 0)
  return {
    parent: number(1),
    cpuMs: (number(11) + number(12)) * tickMs,
    startedAfterBootMs: number(19) * tickMs,
  }
}

/** A page that n processes share counts as 1/n in each, so that a sum is what they really take. */
export function parsePss(text: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1_024
}

const parts = [
  { name: 'PostgreSQL', pattern: /(?:^|\/)postgres(?:\0|$)/ },
  { name: 'Front door', pattern: /(?:^|\/)haproxy\0/ },
  { name: 'Worker', pattern: /apps\/worker\/src\/worker\.ts\0/ },
  { name: 'Receiver', pattern: /apps\/receiver\/src\/receiver\.ts\0/ },
  { name: 'Dashboard', pattern: /next\0start\0|^next-server/ },
] as const

/** Which part of the platform a command line (words end with a zero) is; null: none. */
export function partOf(commandLine: string): string | null {
  return parts.find(({ pattern }) => pattern.test(`${commandLine}\0`))?.name ?? null
}
