import { existsSync, readFileSync } from 'node:fs'

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
}

export function readHostLimits(): HostLimits {
  const version = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1
  const limits = readFileSync('/proc/self/limits', 'utf8')
  return {
    cgroupVersion: version,
    swapAccounting: version === 2 || existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    openFiles: hardLimit(limits, 'Max open files'),
    oomScore: Number(readFileSync('/proc/self/oom_score_adj', 'utf8')),
  }
}

/** A row reads `Max open files  1024  4096  files`; source: proc(5). */
function hardLimit(limits: string, name: string): number {
  const row = limits.split('\n').find((line) => line.startsWith(name)) ?? ''
  const hard = row.slice(name.length).trim().split(/\s+/)[1] ?? '0'
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}
