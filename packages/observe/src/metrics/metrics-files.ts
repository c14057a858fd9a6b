import { mkdirSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { finest, type Resolution, reachMs, resolutions } from './resolutions.ts'
import { readSlots, type Shape, type Slot, writeSlots } from './ring-file.ts'
import { trafficCodec, usageCodec } from './slot-codec.ts'
import { mergeTraffic, type Traffic } from './traffic.ts'
import { mergeUsage, type Usage } from './usage.ts'

/**
 * Everybody's figures on the disk: a directory an app, a file (ring-file.ts) an instance, and one for what came for the app.
 * The machine's own lie under `machine`, and they tell when figures were taken at all: an app for which nothing came writes
 * nothing, so a missing slot of traffic is 0 where the machine has one, and unknown where it has none.
 *
 * Slots wait in memory and go to the disk once a minute, a few files at a time, so that nobody else waits for it. Files have
 * a fixed size: 0.44 MB an instance and 1.3 MB an app that is never idle; what is idle takes less. A full disk costs
 * figures, and nothing else.
 */
export type MetricsFiles = {
  putUsage(series: Series, slot: Slot<Usage>): void
  putTraffic(appId: string, slot: Slot<Traffic>): void
  usage(series: Series, resolution: Resolution, range: Range): Slot<Usage>[]
  traffic(appId: string, resolution: Resolution, range: Range): Slot<Traffic>[]
  /** Instances that have figures at all: `web.1`. */
  instances(appId: string): Promise<string[]>
  /** Writes what waits. */
  flush(): Promise<void>
  removeApp(appId: string): Promise<void>
  /** Removes what nobody has written to for as long as figures are kept. Returns how many. */
  prune(now: number): Promise<number>
}

/** `owner`: an app's id, or `machine`. */
export type Series = { owner: string; name: string }
export type Range = { from: number; to: number }

export const machineSeries: Series = { owner: 'machine', name: 'machine' }

const trafficName = 'traffic'
const usageShape: Shape<Usage> = { codec: usageCodec, merge: mergeUsage }
const trafficShape: Shape<Traffic> = { codec: trafficCodec, merge: mergeTraffic }
const filesAtOnce = 20
/** Of one series: where the disk takes nothing for so long, the oldest are given up. */
const mostWaiting = 60

export function openMetricsFiles(directory: string, report: (error: unknown) => void): MetricsFiles {
  mkdirSync(directory, { recursive: true, mode: 0o750 })
  const waiting = new Map<string, Waiting>()

  function put<Value>(path: string, shape: Shape<Value>, slot: Slot<Value>): void {
    const known = waiting.get(path) as Waiting<Value> | undefined
    const slots = known?.slots ?? []
    const last = slots.at(-1)
    // Two looks within one step, or a clock that was set back by less.
    if (last !== undefined && last.at === slot.at) last.value = shape.merge(last.value, slot.value)
    else slots.push({ ...slot })
    if (slots.length > mostWaiting) slots.shift()
    if (known === undefined) waiting.set(path, { shape, slots } as unknown as Waiting)
  }

  function write(path: string): void {
    const found = waiting.get(path)
    if (found === undefined) return
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o750 })
    writeSlots(path, found.shape, found.slots)
    waiting.delete(path)
  }

  function read<Value>(
    path: string,
    shape: Shape<Value>,
    resolution: Resolution,
    range: Range,
  ): Slot<Value>[] {
    tryTo(() => write(path))
    return readSlots(path, shape, resolution, range)
  }

  function tryTo(work: () => void): void {
    try {
      work()
    } catch (error) {
      report(error)
    }
  }

  return {
    putUsage: (series, slot) => put(pathOf(directory, series), usageShape, slot),
    putTraffic: (appId, slot) =>
      put(pathOf(directory, { owner: appId, name: trafficName }), trafficShape, slot),
    usage: (series, resolution, range) => read(pathOf(directory, series), usageShape, resolution, range),
    traffic: (appId, resolution, range) =>
      read(pathOf(directory, { owner: appId, name: trafficName }), trafficShape, resolution, range),
    instances: async (appId) => {
      const names = await readdir(join(directory, checked(appId))).catch(ignoreMissing)
      const unwritten = [...waiting.keys()].filter((path) => path.startsWith(join(directory, appId, '/')))
      const all = new Set([
        ...(names ?? []),
        ...unwritten.map((path) => path.slice(path.lastIndexOf('/') + 1)),
      ])
      return [...all].filter((name) => name !== trafficName).sort()
    },
    flush: async () => {
      for (const [place, path] of [...waiting.keys()].entries()) {
        tryTo(() => write(path))
        if (place % filesAtOnce === filesAtOnce - 1) await breathe()
      }
    },
    removeApp: async (appId) => {
      const own = join(directory, checked(appId))
      for (const path of waiting.keys()) if (path.startsWith(`${own}/`)) waiting.delete(path)
      await rm(own, { recursive: true, force: true })
    },
    prune: (now) => prune(directory, now),
  }
}

type Waiting<Value = unknown> = { shape: Shape<Value>; slots: Slot<Value>[] }

async function prune(directory: string, now: number): Promise<number> {
  const longestMs = Math.max(...resolutions.map(reachMs))
  let removed = 0
  for (const owner of await readdir(directory)) {
    const names = await readdir(join(directory, owner)).catch(ignoreMissing)
    for (const name of names ?? []) {
      const path = join(directory, owner, name)
      const found = await stat(path).catch(ignoreMissing)
      if (!found || now - found.mtimeMs < longestMs) continue
      await rm(path, { force: true })
      removed += 1
    }
  }
  return removed
}

function pathOf(directory: string, { owner, name }: Series): string {
  return join(directory, checked(owner), checked(name))
}

/** Ids and names are ours; anything else is a bug and must not become a path. */
function checked(name: string): string {
  if (/^[a-z0-9][a-z0-9.-]{0,99}$/i.test(name)) return name
  throw new TypeError('a series is named by letters, digits, dashes and dots')
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

/** How often a step of the finest resolution lies in the time between two writings. */
export const flushEveryMs = 6 * finest.stepMs
