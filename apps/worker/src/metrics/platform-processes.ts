import { readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import type { MachineView } from '@berth/observe'
import { type ProcessStat, parsePss, parseStat, partOf } from './parse-process.ts'

export type PlatformProcesses = MachineView['processes']

type Seen = ProcessStat & { pid: number }

/** So many are looked at, whatever runs: PostgreSQL has one for each connection. */
const mostLookedAt = 300

/**
 * The platform's own processes: `berth up` (the worker's parent), and the parts that it has started, each with whatever it has
 * started in turn. Containers are nobody's child of these. CPU is what was used since somebody looked before.
 */
export function openPlatformProcesses(supervisor = process.ppid): () => Promise<PlatformProcesses> {
  let before = new Map<string, { cpuMs: number; atMs: number }>()
  return async () => {
    const bootedAt = Date.now() - uptime() * 1_000
    const after: typeof before = new Map()
    const found = await Promise.all(
      (await childrenOf(supervisor)).map(async (child) => {
        const name = partOf(await read(`/proc/${child}/cmdline`))
        return name === null ? [] : [await figuresOf(name, await treeOf(child))]
      }),
    )
    const own = await treeOf(supervisor, 1)
    const all = found.flat()
    if (all.length > 0) all.push(await figuresOf('Supervisor', own))
    const rows = all.map(({ cpuMs, startedAfterBootMs, ...row }) => {
      const key = `${row.pid} ${startedAfterBootMs}`
      const now = { cpuMs, atMs: performance.now() }
      after.set(key, now)
      return {
        ...row,
        cpuFraction: fractionBetween(before.get(key), now),
        startedAt: new Date(bootedAt + startedAfterBootMs).toISOString(),
      }
    })
    before = after
    return rows.sort((one, other) => other.memoryBytes - one.memoryBytes)
  }
}

async function figuresOf(name: string, processes: readonly Seen[]) {
  const memory = await Promise.all(
    processes
      .slice(0, mostLookedAt)
      .map(async ({ pid }) => parsePss(await read(`/proc/${pid}/smaps_rollup`))),
  )
  const [first] = processes
  return {
    name,
    pid: first?.pid ?? 0,
    memoryBytes: sum(memory),
    cpuMs: sum(processes.map(({ cpuMs }) => cpuMs)),
    startedAfterBootMs: first?.startedAfterBootMs ?? 0,
  }
}

/** A process below that ended took its time with it: that is no time given back. */
function fractionBetween(
  before: { cpuMs: number; atMs: number } | undefined,
  now: { cpuMs: number; atMs: number },
): number | null {
  if (before === undefined || now.atMs <= before.atMs) return null
  return Math.max(0, now.cpuMs - before.cpuMs) / (now.atMs - before.atMs)
}

/** With all that descends from it, the process itself first. Source: proc(5), /proc/pid/task/tid/children. */
async function treeOf(pid: number, most = mostLookedAt): Promise<Seen[]> {
  const tree: Seen[] = []
  const left = [pid]
  for (let next = left.shift(); next !== undefined && tree.length < most; next = left.shift()) {
    const stat = parseStat(await read(`/proc/${next}/stat`))
    if (stat !== null) tree.push({ pid: next, ...stat })
    left.push(...(await childrenOf(next)))
  }
  return tree
}

async function childrenOf(pid: number): Promise<number[]> {
  const words = await read(`/proc/${pid}/task/${pid}/children`)
  return words.split(' ').filter(Boolean).map(Number)
}

/** What has ended meanwhile is empty. */
async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0)
}
