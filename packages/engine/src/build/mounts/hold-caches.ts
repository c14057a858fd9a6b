import { buildError } from '../errors.ts'
import type { RunMount } from '../plan.ts'
import { bindSource } from './bind-source.ts'
import { fillDirectory } from './fill-directory.ts'
import type { Mounting } from './run-mounts.ts'

type Cache = Extract<RunMount, { type: 'cache' }>

/**
 * The directories of a step's cache mounts, held until the step is over. Two mounts of one id have one directory, held
 * the strictest way; all are asked for in the order of their names, so that two steps never wait for each other.
 */
export async function holdCaches(mounting: Mounting, wanted: readonly RunMount[]) {
  const { context, undo, place } = mounting
  const byName = new Map<string, Cache>()
  for (const each of wanted) {
    if (each.type !== 'cache') continue
    const present = byName.get(nameOf(each))
    if (present === undefined || strictness[each.sharing] > strictness[present.sharing])
      byName.set(nameOf(each), each)
  }
  const directories = new Map<string, string>()
  for (const [name, cache] of [...byName].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (Math.max(cache.uid, cache.gid) > 65_535)
      throw buildError['BUILD.SYNTAX']({ place, problem: 'ids of a mount end at 65535.' })
    const fill = async (directory: string) => {
      if (cache.from === null) return
      await fillDirectory(mounting, await bindSource(mounting, cache.from, false), directory)
    }
    const { range, request } = context
    const held = await context.cacheMounts.hold(
      { scope: request.cacheScope, mount: cache, range, fill },
      context.signal,
    )
    undo.add(async () => held.release())
    directories.set(name, held.directory)
  }
  return {
    directories: [...directories.values()],
    directoryOf: (cache: Cache): string => directories.get(nameOf(cache)) ?? '',
  }
}

const strictness = { shared: 0, private: 1, locked: 2 }

function nameOf({ id, mode, uid, gid }: Cache): string {
  return JSON.stringify([id, mode, uid, gid])
}
