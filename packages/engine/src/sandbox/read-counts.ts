import { readIfThere } from './processes-in.ts'

/**
 * What the kernel counts of a container, in both languages of its cgroups, read at once: some ten small files, 0.1 ms. Paths
 * are absolute within a tree: `/berth-…/ID`. Sources: the kernel's admin-guide/cgroup-v1 and cgroup-v2.rst, psi.rst.
 */
export type Counts = {
  memoryBytes: number
  memoryCacheBytes: number
  cpuTimeMs: number
  pids: number
  pidsLimit: number | null
  blockIo: { readBytes: number; writtenBytes: number; reads: number; writes: number }
  pressure: { cpu: PressureOf; memory: PressureOf; io: PressureOf } | null
}

type PressureOf = { some: Stalled; full: Stalled | null }
type Stalled = { percent10s: number; percent60s: number; percent300s: number; totalMs: number }

const root = '/sys/fs/cgroup'

export function readCounts(version: 1 | 2, path: string): Counts {
  return version === 2 ? countsV2(`${root}${path}`) : countsV1(path)
}

function countsV2(group: string): Counts {
  const stat = readIfThere(`${group}/memory.stat`)
  return {
    memoryBytes: usedBytes(readIfThere(`${group}/memory.current`), field(stat, 'inactive_file')),
    memoryCacheBytes: field(stat, 'file'),
    cpuTimeMs: field(readIfThere(`${group}/cpu.stat`), 'usage_usec') / 1_000,
    pids: Number(readIfThere(`${group}/pids.current`)),
    pidsLimit: limit(readIfThere(`${group}/pids.max`)),
    blockIo: blockIoV2(readIfThere(`${group}/io.stat`)),
    pressure: pressure(group),
  }
}

function countsV1(path: string): Counts {
  const stat = readIfThere(`${root}/memory${path}/memory.stat`)
  const bytes = perOperation(readIfThere(`${root}/blkio${path}/blkio.throttle.io_service_bytes`))
  const operations = perOperation(readIfThere(`${root}/blkio${path}/blkio.throttle.io_serviced`))
  return {
    memoryBytes: usedBytes(
      readIfThere(`${root}/memory${path}/memory.usage_in_bytes`),
      field(stat, 'total_inactive_file'),
    ),
    memoryCacheBytes: field(stat, 'total_cache'),
    cpuTimeMs: Number(readIfThere(`${root}/cpuacct${path}/cpuacct.usage`)) / 1_000_000,
    pids: Number(readIfThere(`${root}/pids${path}/pids.current`)),
    pidsLimit: limit(readIfThere(`${root}/pids${path}/pids.max`)),
    blockIo: {
      ...{ readBytes: bytes('Read'), writtenBytes: bytes('Write') },
      ...{ reads: operations('Read'), writes: operations('Write') },
    },
    pressure: null,
  }
}

/** As Docker does, memory leaves out file pages that can go at once. */
function usedBytes(current: string, inactiveFile: number): number {
  return Math.max(0, Number(current) - inactiveFile)
}

/** The number in a line `name number`; 0 where there is none. */
function field(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}

function limit(text: string): number | null {
  const number = Number.parseInt(text, 10)
  return Number.isNaN(number) ? null : number
}

/** `8:0 Read 4096`, a line for each device and operation. */
function perOperation(text: string): (operation: string) => number {
  const lines = text.split('\n').map((line) => line.split(' '))
  return (operation) =>
    lines.reduce((sum, [, name, value]) => (name === operation ? sum + Number(value) : sum), 0)
}

/** `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 …`, a line for each device. */
function blockIoV2(text: string): Counts['blockIo'] {
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`\\b${name}=(\\d+)`, 'g'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    )
  return { readBytes: sum('rbytes'), writtenBytes: sum('wbytes'), reads: sum('rios'), writes: sum('wios') }
}

function pressure(group: string): Counts['pressure'] {
  const [cpu, memory, io] = ['cpu', 'memory', 'io'].map((name) => readIfThere(`${group}/${name}.pressure`))
  if (!cpu || !memory || !io) return null
  return { cpu: stalls(cpu), memory: stalls(memory), io: stalls(io) }
}

function stalls(text: string): PressureOf {
  const some = stalled(text, 'some')
  return {
    some: some ?? { percent10s: 0, percent60s: 0, percent300s: 0, totalMs: 0 },
    full: stalled(text, 'full'),
  }
}

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, the total in µs. */
function stalled(text: string, kind: string): Stalled | null {
  const line = text.split('\n').find((each) => each.startsWith(`${kind} `))
  if (line === undefined) return null
  const value = (name: string) => Number(new RegExp(`${name}=([\\d.]+)`).exec(line)?.[1] ?? 0)
  return {
    ...{ percent10s: value('avg10'), percent60s: value('avg60'), percent300s: value('avg300') },
    totalMs: value('total') / 1_000,
  }
}
