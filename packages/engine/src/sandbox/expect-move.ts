import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'

/**
 * Who moves a process into another cgroup, as a runtime does with a container's first one, waits until every processor
 * has come by (7 to 20 ms), unless another move waited for that within the last 15 ms or so: kernel/rcu/sync.c, of
 * which kernel/cgroup/cgroup.c makes use. Said when a runtime is about to be started, that wait passes beside the start of
 * its programs: this process is moved to where it is already. Nothing but time depends on it, so it never fails.
 */
export function openExpectMove(cgroupVersion: 1 | 2): () => void {
  const path = ownProcessList(cgroupVersion, readFileSync('/proc/self/cgroup', 'utf8'))
  // One that waits does for all, and takes one of the few threads that Node has for files.
  let waiting = false
  return () => {
    if (path === undefined || waiting) return
    waiting = true
    writeFile(path, '0')
      .catch(() => undefined)
      .finally(() => {
        waiting = false
      })
  }
}

/** A line reads `6:freezer:/path`, that of v2 `0::/path`. Source: cgroups(7). Every v1 tree will do. */
export function ownProcessList(cgroupVersion: 1 | 2, text: string): string | undefined {
  const wanted = cgroupVersion === 2 ? /^0::(\/.*)$/m : /^\d+:freezer:(\/.*)$/m
  const path = wanted.exec(text)?.[1]
  const tree = cgroupVersion === 2 ? '' : '/freezer'
  return path === undefined ? undefined : `/sys/fs/cgroup${tree}${path === '/' ? '' : path}/cgroup.procs`
}
