import { performance } from 'node:perf_hooks'
import { setImmediate as breathe } from 'node:timers/promises'
import { readInstance } from '@berth/deploy'
import { instanceName, isBerthError } from '@berth/domain'
import type { Container } from '@berth/engine'
import { addUsage, finest, type MetricsFiles, type Usage } from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { Parts } from '../parts.ts'
import type { RestartCounts } from './restart-counts.ts'
import { type Look, usageBetween } from './usage-between.ts'

/** A place in a formation, as it was found at the last look. */
export type LatestLook = { appId: string; name: string; processType: string; look: Look }

export type InstanceSampler = {
  /** Looks at every container once, and keeps what was used since the look before. */
  sample(at: number): Promise<void>
  latest(): readonly LatestLook[]
}

type SamplerParts = Pick<Parts, 'engine'> & {
  keeper: Pick<Keeper, 'facts' | 'keptApp'>
  files: Pick<MetricsFiles, 'putUsage'>
  restarts: RestartCounts
}

/** A look takes 0.1 ms or so; others have their turn in between. */
const looksAtOnce = 25

export function openInstanceSampler({ engine, keeper, files, restarts }: SamplerParts): InstanceSampler {
  let seen = new Map<string, Seen>()

  async function sample(at: number): Promise<void> {
    const before = seen
    seen = await lookAtAll(engine, keeper)
    for (const { appId, name, usage } of usedSince(before, seen)) {
      const value = { ...usage, restarts: restarts.take(appId, name) }
      files.putUsage({ owner: appId, name }, { at, value })
    }
  }

  return { sample, latest: () => [...new Map([...seen.values()].map((each) => [each.key, each])).values()] }
}

type Seen = LatestLook & { key: string; ageMs: number }

/** By the containers' ids, oldest first. */
async function lookAtAll(
  engine: Parts['engine'],
  keeper: Pick<Keeper, 'facts' | 'keptApp'>,
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>()
  const containers = await engine.containers.list({}, { states: ['running'] })
  for (const [place, container] of containers.entries()) {
    if (place % looksAtOnce === looksAtOnce - 1) await breathe()
    const slot = slotOf(container, keeper)
    const look = slot && (await lookAt(engine, container.id))
    if (slot && look) seen.set(container.id, { ...slot, look, ageMs: ageOf(container) })
  }
  return seen
}

/** While a deployment changes instances, two of them have one place. */
function usedSince(before: ReadonlyMap<string, Seen>, now: ReadonlyMap<string, Seen>) {
  const used = new Map<string, { appId: string; name: string; usage: Usage }>()
  for (const [id, { appId, name, key, look, ageMs }] of now) {
    const earlier = before.get(id)?.look ?? birthOf(look, ageMs)
    const usage = earlier && usageBetween(earlier, look)
    if (!usage) continue
    const beside = used.get(key)?.usage
    used.set(key, { appId, name, usage: beside ? addUsage(beside, usage) : usage })
  }
  return used.values()
}

function ageOf({ startedAt }: Container): number {
  return Date.now() - (startedAt?.getTime() ?? 0)
}

/** One that has begun since the last round had used nothing then: its start is often most of what it uses. */
function birthOf(look: Look, ageMs: number): Look | null {
  if (ageMs <= 0 || ageMs > finest.stepMs * 1.5) return null
  const nothing = { cpuTimeMs: 0, network: null, blockIo: { readBytes: 0, writtenBytes: 0 } }
  return { ...look, ...nothing, atMs: look.atMs - ageMs }
}

/** Places of the Procfile's process types alone: their number is bounded, that of tasks and one-off commands is not. */
function slotOf(container: Container, keeper: Pick<Keeper, 'facts' | 'keptApp'>) {
  const instance = readInstance(container, keeper.facts)
  if (instance === undefined) return null
  const release = keeper.keptApp(instance.appId)?.keeping?.undertaking.subject?.release
  if (!release?.processes.some(({ type }) => type === instance.type)) return null
  const name = instanceName(instance.type, instance.index)
  return { appId: instance.appId, name, processType: instance.type, key: `${instance.appId}/${name}` }
}

/** It may end between two looks at it. */
async function lookAt(engine: Parts['engine'], id: string): Promise<Look | null> {
  try {
    const stats = await engine.containers.stats(id)
    return { ...stats, atMs: performance.now() }
  } catch (error) {
    if (isBerthError(error, 'CONTAINER.NOT_RUNNING', 'CONTAINER.NOT_FOUND')) return null
    throw error
  }
}
