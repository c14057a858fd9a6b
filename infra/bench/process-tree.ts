import { readdir, readFile } from 'node:fs/promises'

/** Sources: proc(5), /proc/pid/stat and /proc/pid/smaps_rollup. What has ended meanwhile counts as nothing. */
export type ProcessStat = { parent: number; name: string; cpuTicks: number }

/** Of `utime` and `stime`; the same on every Linux that people use. Source: getconf CLK_TCK. */
const ticksPerSecond = 100

/** The process and all that descend from it. */
export async function treeOf(root: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const pid of await allPids()) {
    const stat = await readStat(pid)
    if (stat) parents.set(pid, stat.parent)
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0))
  return [...parents.keys()].filter(isBelow)
}

export async function named(pids: readonly number[], name: string): Promise<number[]> {
  const found = await Promise.all(
    pids.map(async (pid) => ((await readStat(pid))?.name === name ? [pid] : [])),
  )
  return found.flat()
}

/** Its beginning, for a person. */
export async function commandLine(pid: number): Promise<string> {
  return (await readIfAlive(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim().slice(0, 100)
}

/** Each once. */
export async function parentsOf(pids: readonly number[]): Promise<number[]> {
  const parents = await Promise.all(pids.map(async (pid) => (await readStat(pid))?.parent ?? 0))
  return [...new Set(parents)].filter((pid) => pid > 1)
}

/** A page that n processes share counts as 1/n in each, so the sum is what they really take. */
export async function pssBytes(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => parsePss(await readIfAlive(`/proc/${pid}/smaps_rollup`))),
  )
  return each.reduce((sum, bytes) => sum + bytes, 0)
}

/** Processor time since each began. */
export async function cpuMs(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(async (pid) => (await readStat(pid))?.cpuTicks ?? 0))
  return each.reduce((sum, ticks) => sum + ticks, 0) * (1000 / ticksPerSecond)
}

export function parsePss(smapsRollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(smapsRollup)?.[1] ?? 0) * 1024
}

/** The name stands in brackets and may hold anything, so what follows is counted from the last one. */
export function parseStat(stat: string): ProcessStat | null {
  const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')]
  if (from === -1 || to === -1) return null
  const fields = stat.slice(to + 2).split(' ')
  return {
    parent: Number(fields[1]),
    name: stat.slice(from + 1, to),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
  }
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  return parseStat(await readIfAlive(`/proc/${pid}/stat`))
}

async function allPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

async function readIfAlive(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ESRCH'].includes(code)) return ''
    throw error
  }
}
