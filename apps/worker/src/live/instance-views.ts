import { type Instance, instancesOf, label, quantitiesOf, type Slot, taskType } from '@berth/deploy'
import { instanceName } from '@berth/domain'
import type { Container, ContainerExit, ContainerStats } from '@berth/engine'
import type { InstanceState, InstanceView } from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { Parts } from '../parts.ts'
import type { CpuSamples } from './cpu-samples.ts'

/** What runs of an app now, and what should but does not: one view a place, and one for each container besides. */
export async function instanceViews(
  parts: Parts & { keeper: Keeper; samples: CpuSamples },
  appId: string,
): Promise<InstanceView[]> {
  const { engine, keeper } = parts
  const found = await instancesOf(engine, keeper.facts, { [label.app]: appId })
  const instances = found.filter(({ type }) => type !== taskType)
  const shown = instances.filter((instance) => isShown(instance, instances))
  const views = await Promise.all(shown.map((instance) => viewOf(parts, appId, instance)))
  const missing = missingSlots(keeper, appId, instances).map((slot) => missingView(keeper, appId, slot))
  return [...views, ...missing].sort((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  )
}

/** A crashed container stands for its place only while nothing newer does. */
function isShown(instance: Instance, all: readonly Instance[]): boolean {
  if (instance.state !== 'exited') return true
  const place = all.filter((other) => isSame(other, instance) && other.deploymentId === instance.deploymentId)
  return place.at(-1) === instance
}

async function viewOf(
  { engine, keeper, samples }: Parts & { keeper: Keeper; samples: CpuSamples },
  appId: string,
  instance: Instance,
): Promise<InstanceView> {
  const container = await engine.containers.get(instance.containerId)
  const crash = keeper.book.look(appId, instance)
  const isLive = liveDeployment(keeper, appId) === instance.deploymentId
  const stats = await statsOf(engine.containers.stats(container.id))
  return {
    name: instanceName(instance.type, instance.index),
    processType: instance.type,
    releaseVersion: instance.releaseVersion,
    containerId: container.id,
    state: stateOf(keeper, { instance, container, isLive }),
    health: healthOf(keeper, { instance, container, isLive }),
    address: container.address,
    startedAt: container.startedAt?.toISOString() ?? null,
    restarts: isLive ? (crash?.restarts ?? 0) : 0,
    lastExit: exitView(container.exit ?? (isLive ? (crash?.lastExit ?? null) : null)),
    memoryBytes: stats?.memoryBytes ?? null,
    memoryLimitBytes: stats?.memoryLimitBytes ?? null,
    cpuFraction: stats ? samples.fraction(container.id, stats.cpuTimeMs) : null,
  }
}

type Looked = { instance: Instance; container: Container; isLive: boolean }

function stateOf(keeper: Keeper, { instance, container, isLive }: Looked): InstanceState {
  if (keeper.facts.stopping.has(container.id)) return container.state === 'exited' ? 'stopped' : 'stopping'
  if (container.state === 'exited') return isLive ? crashedState(keeper, instance.appId, instance) : 'stopped'
  if (instance.healthy) return 'running'
  return 'starting'
}

function healthOf(keeper: Keeper, { instance, container, isLive }: Looked): InstanceView['health'] {
  const { facts, book } = keeper
  const givenUp = facts.givenUp.get(container.id)
  if (givenUp !== undefined) return { state: 'unhealthy', reason: givenUp }
  if (facts.stopping.has(container.id)) return null
  if (container.state === 'exited') {
    return isLive ? { state: 'unhealthy', reason: book.look(instance.appId, instance)?.cause ?? null } : null
  }
  if (!instance.healthy) return { state: 'starting', reason: null }
  const verdict = keeper.verdict(container.id)
  const reason = verdict !== null && verdict.kind !== 'fine' ? verdict.because : null
  if (instance.readiness === 'ready') return { state: 'healthy', reason: null }
  return { state: instance.readiness === 'lost' ? 'unhealthy' : 'starting', reason }
}

function crashedState(keeper: Keeper, appId: string, slot: Slot): InstanceState {
  return keeper.book.look(appId, slot)?.looping ? 'crashed' : 'restarting'
}

function missingSlots(keeper: Keeper, appId: string, instances: readonly Instance[]): Slot[] {
  const keeping = keeper.keptApp(appId)?.keeping
  const subject = keeping?.undertaking.subject
  if (!keeping || !subject) return []
  const own = instances.filter((instance) => instance.deploymentId === subject.deploymentId)
  return quantitiesOf(subject.release, keeping.formation)
    .flatMap(({ type, quantity }) =>
      Array.from({ length: quantity }, (_, number) => ({ type, index: number + 1 })),
    )
    .filter((slot) => !own.some((instance) => isSame(instance, slot)))
}

function missingView(keeper: Keeper, appId: string, slot: Slot): InstanceView {
  const crash = keeper.book.look(appId, slot)
  return {
    name: instanceName(slot.type, slot.index),
    processType: slot.type,
    releaseVersion: keeper.keptApp(appId)?.keeping?.undertaking.subject?.release.version ?? 0,
    containerId: '',
    state: crash ? crashedState(keeper, appId, slot) : 'starting',
    health: crash ? { state: 'unhealthy', reason: crash.cause } : { state: 'starting', reason: null },
    address: null,
    startedAt: null,
    restarts: crash?.restarts ?? 0,
    lastExit: exitView(crash?.lastExit ?? null),
    memoryBytes: null,
    memoryLimitBytes: null,
    cpuFraction: null,
  }
}

/** It may end between two looks at it. */
async function statsOf(stats: Promise<ContainerStats>): Promise<ContainerStats | null> {
  return stats.catch(() => null)
}

function exitView(exit: ContainerExit | null): InstanceView['lastExit'] {
  return (
    exit && { code: exit.code, signal: exit.signal, outOfMemory: exit.outOfMemory, at: exit.at.toISOString() }
  )
}

function liveDeployment(keeper: Keeper, appId: string): string | undefined {
  return keeper.keptApp(appId)?.keeping?.undertaking.subject?.deploymentId
}

function isSame(one: Slot, other: Slot): boolean {
  return one.type === other.type && one.index === other.index
}
