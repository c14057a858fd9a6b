import { lstatSync, readdirSync } from 'node:fs'
import type { DiskLimits } from '../port/volumes.ts'
import { noLimits, type QuotaCalls } from '../quota/quota-calls.ts'
import type { ProjectAttributes } from '../system/syscalls.ts'

/**
 * A kernel's quotas in memory, over real directories below `root`: what has a project passes it on to what is found in it
 * later, and what is removed is no longer counted. `breakOff(call)` is asked before each call that changes something.
 */
export function fakeQuotaCalls(root: string) {
  const projects = new Map<string, ProjectAttributes>()
  const limitsOf = new Map<number, DiskLimits>()
  const kernel = {
    state: 'enforced' as ReturnType<QuotaCalls['state']>,
    breakOff: (_call: string): void => undefined,
    /** Numbers with limits. */
    limited: () => [...limitsOf.keys()],
    forgetLimits: () => limitsOf.clear(),
  }
  const used = (project: number) => {
    let [bytes, files] = [0, 0]
    for (const { key, size } of below(root, 0)) {
      if (projects.get(key)?.project !== project) continue
      bytes += size
      files += 1
    }
    return { bytes, files }
  }
  /** In the order in which a kernel would have seen them made: a directory before what is in it. */
  function* below(path: string, inherited: number): Generator<{ key: string; size: number }> {
    const key = keyOf(path)
    const stats = lstatSync(path)
    const passesOn = stats.isDirectory() && inherited > 0
    if (!projects.has(key)) projects.set(key, { project: inherited, passesOn })
    yield { key, size: stats.size }
    const own = projects.get(key)
    if (!stats.isDirectory()) return
    for (const name of readdirSync(path)) yield* below(`${path}/${name}`, own?.passesOn ? own.project : 0)
  }
  const calls: QuotaCalls = {
    state: () => kernel.state,
    look: (project) => ({ used: used(project), limits: limitsOf.get(project) ?? noLimits }),
    setLimits(project, limits) {
      kernel.breakOff('setLimits')
      if (limits.bytes === null && limits.files === null) limitsOf.delete(project)
      else limitsOf.set(project, limits)
    },
    projectOf(path) {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null
      return projects.get(keyOf(path)) ?? { project: 0, passesOn: false }
    },
    setProject(path, attributes) {
      kernel.breakOff('setProject')
      projects.set(keyOf(path), attributes)
    },
  }
  return { calls, kernel }
}

/** A number of a file that is gone may be given to the next. */
function keyOf(path: string): string {
  const { ino, birthtimeNs } = lstatSync(path, { bigint: true })
  return `${ino} ${birthtimeNs}`
}
