import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const root = '/sys/fs/cgroup'

/** What the machine allows, read once when the engine is opened. */
export type HostLimits = {
  /** 2: one tree under /sys/fs/cgroup. 1: a tree a controller, also where an empty v2 tree lies beside them. */
  cgroupVersion: 1 | 2
  /** Without swap accounting (a boot option on v1) memory+swap cannot be limited, and asking for it fails. */
  swapAccounting: boolean
  /** This process's hard limits: without CAP_SYS_RESOURCE, which many VPS lack, nothing may ask for more. */
  openFiles: number
  /** 0 to 1000, this process's own: lowering it needs CAP_SYS_RESOURCE. */
  oomScore: number
  /** What can be limited of reading and writing disks. */
  blockIo: { rates: boolean; weight: boolean }
}

/** `cgroupParent`: of the engine's cgroups, made if need be, because the root of a tree does not show all of its files. */
export function readHostLimits(cgroupParent: string): HostLimits {
  const version = hostCgroupVersion()
  const limits = readFileSync('/proc/self/limits', 'utf8')
  return {
    cgroupVersion: version,
    swapAccounting: version === 2 || existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    openFiles: hardLimit(limits, 'Max open files'),
    oomScore: Number(readFileSync('/proc/self/oom_score_adj', 'utf8')),
    blockIo: version === 2 ? blockIoV2(cgroupParent) : blockIoV1(cgroupParent),
  }
}

export function hostCgroupVersion(): 1 | 2 {
  return existsSync(`${root}/cgroup.controllers`) ? 2 : 1
}

/** A row reads `Max open files  1024  4096  files`; source: proc(5). */
function hardLimit(limits: string, name: string): number {
  const row = limits.split('\n').find((line) => line.startsWith(name)) ?? ''
  const hard = row.slice(name.length).trim().split(/\s+/)[1] ?? '0'
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

function blockIoV1(parent: string) {
  if (!existsSync(`${root}/blkio`)) return { rates: false, weight: false }
  mkdirSync(`${root}/blkio${parent}`, { recursive: true })
  const has = (name: string) => existsSync(`${root}/blkio${parent}/${name}`)
  return {
    rates: has('blkio.throttle.read_bps_device'),
    weight: has('blkio.weight') || has('blkio.bfq.weight'),
  }
}

/** A controller's files show in a group when the one above hands the controller down, as runtimes make it do. */
function blockIoV2(parent: string) {
  const controllers = readFileSync(`${root}/cgroup.controllers`, 'utf8').trim().split(' ')
  if (!controllers.includes('io')) return { rates: false, weight: false }
  mkdirSync(`${root}${parent}`, { recursive: true })
  writeFileSync(`${root}/cgroup.subtree_control`, '+io')
  const has = (name: string) => existsSync(`${root}${parent}/${name}`)
  return { rates: has('io.max'), weight: has('io.weight') || has('io.bfq.weight') }
}
