import type { ProcessType } from '@berth/domain'
import type { Instance, Slot } from './instance.ts'
import { isAfterwards, type TaskName } from './tasks.ts'

/**
 * What is, and what should be → what can be done now. Pure. Steps of one plan do not wait for each other; when one is
 * done, whoever carries them out looks again and plans again, until nothing is left to do. So there is no remembered
 * place in a sequence: a crash, a reboot, a scaling and a deployment are all answered by planning.
 *
 * While a deployment is made (`mode: 'deploy'`): the release command, then the new instances, then the route, and not
 * one step touches anything else; a new instance that ends before the route was switched is a crash.
 * While an app is kept (`mode: 'keep'`): missing instances are started unless they rest after a crash, the route leads to
 * those that are healthy and ready, and what should not be there is drained, stopped and removed, but only once the target
 * serves. One that is given up leaves the route at once and is stopped without being drained: it would not get done. Instances
 * of deployments that are not over yet (`untouched`) are left alone.
 */
export function planDeploy(current: Current, target: Target): Step[] {
  return target.mode === 'deploy' ? planNew(current, target) : planKeeping(current, target)
}

export type Current = {
  /** All of the app's, whichever deployment made them. Oldest first. */
  instances: readonly Instance[]
  /** Containers that the app's route leads to. */
  routed: readonly string[]
  /** Process types that something leads to: web, and those with a port. */
  reached: readonly ProcessType[]
  /** Crashed, and not to be started yet. */
  resting: readonly Slot[]
}

export type Target = {
  mode: 'deploy' | 'keep'
  /** Null: nothing should run. */
  deploymentId: string | null
  quantities: readonly { type: ProcessType; quantity: number }[]
  /** To be run before any instance is started, one after the other. */
  tasks: readonly TaskName[]
  /** Deployments that somebody else still works on. */
  untouched: readonly string[]
}

export type Step =
  | { kind: 'runTask'; task: TaskName }
  /** `containerId`: made before a crash, never started. */
  | { kind: 'startInstance'; type: ProcessType; index: number; containerId: string | null }
  /** `untilReady`: its readiness checks must have passed as well. */
  | { kind: 'awaitHealthy'; type: ProcessType; index: number; containerId: string; untilReady: boolean }
  | { kind: 'reportCrash'; type: ProcessType; index: number; containerId: string }
  | { kind: 'switchRoute'; containerIds: readonly string[] }
  | { kind: 'drainInstance'; containerId: string }
  | { kind: 'stopInstance'; containerId: string }
  | { kind: 'removeInstance'; containerId: string }

/** Equal for steps that must not be carried out twice at once. */
export function stepKey(step: Step): string {
  switch (step.kind) {
    case 'startInstance':
      return `${step.kind} ${step.type}.${step.index}`
    case 'runTask':
    case 'switchRoute':
      return step.kind
    default:
      return `${step.kind} ${step.containerId}`
  }
}

// ---------------------------------------------------------------------------------------------------- a deployment

function planNew(current: Current, target: Target): Step[] {
  const own = current.instances.filter((instance) => instance.deploymentId === target.deploymentId)
  const task = target.tasks.find((name) => !own.some((instance) => hasSucceeded(instance, name)))
  if (task !== undefined) return [{ kind: 'runTask', task }]
  const crashed = own.filter((instance) => instance.state === 'exited' && isWanted(instance, target))
  if (crashed.length > 0) return crashed.map((instance) => ({ kind: 'reportCrash', ...placed(instance) }))
  const filled = fillSlots(own, target)
  const steps = filled.flatMap((slot) => bringUp(slot, { untilReady: true }))
  return steps.length > 0 ? steps : switchTo(reachedContainers(filled, current), current)
}

function hasSucceeded(instance: Instance, task: TaskName): boolean {
  return instance.task === task && instance.state === 'exited' && instance.exitCode === 0
}

// ---------------------------------------------------------------------------------------------------- keeping

function planKeeping(current: Current, target: Target): Step[] {
  const own = current.instances.filter((instance) => instance.deploymentId === target.deploymentId)
  const filled = fillSlots(own, target)
  const desired = current.reached.flatMap((type) => openOf(type, filled) ?? stillServing(type, current))
  return [
    ...filled
      .filter((slot) => !isResting(slot, current))
      .flatMap((slot) => bringUp(slot, { untilReady: false })),
    ...switchTo(desired, current),
    ...superfluous(current, target, filled).flatMap((instance) => retire(instance, desired, current)),
  ]
}

/**
 * Those that are ready. Where none is any more, those that were: what fails for all of them is mostly something that they
 * share, and an app's own answer says more than our page. One that was never ready gets nothing yet. Null: there should be
 * some, and none in its place serves.
 */
function openOf(type: ProcessType, filled: readonly FilledSlot[]): string[] | null {
  const slots = filled.filter((slot) => slot.type === type)
  if (slots.length > 0 && !slots.some(({ instance }) => isOpen(instance))) return null
  const all = [...slots.map(({ instance }) => instance), ...slots.map(({ leaving }) => leaving)]
  const open = all.filter(isOpen)
  const ready = open.filter(({ readiness }) => readiness === 'ready')
  return (ready.length > 0 ? ready : open).map(({ containerId }) => containerId)
}

function isOpen(instance: Instance | undefined): instance is Instance {
  return instance?.healthy === true && instance.readiness !== 'not yet'
}

/** Until the target serves, whatever is routed and runs goes on answering. */
function stillServing(type: ProcessType, current: Current): string[] {
  return current.instances
    .filter((instance) => instance.type === type && instance.state === 'running' && !instance.givenUp)
    .filter(({ containerId }) => current.routed.includes(containerId))
    .map((instance) => instance.containerId)
}

function superfluous(current: Current, target: Target, filled: readonly FilledSlot[]): Instance[] {
  return current.instances.filter(
    (instance) =>
      !target.untouched.includes(instance.deploymentId) &&
      !isAfterwards(instance.task) &&
      !filled.some(
        ({ instance: own, leaving }) =>
          own?.containerId === instance.containerId || leaving?.containerId === instance.containerId,
      ) &&
      !isWitness(instance, current, target, filled),
  )
}

/** The newest crashed container of a place is kept until the place is healthy again: its log tells what happened. */
function isWitness(
  instance: Instance,
  current: Current,
  target: Target,
  filled: readonly FilledSlot[],
): boolean {
  if (instance.state !== 'exited' || instance.deploymentId !== target.deploymentId) return false
  const slot = filled.find((found) => isSame(found, instance))
  if (slot === undefined || slot.instance?.healthy) return false
  const crashed = current.instances.filter(
    (other) =>
      other.deploymentId === target.deploymentId && other.state === 'exited' && isSame(other, instance),
  )
  return crashed.at(-1)?.containerId === instance.containerId
}

function retire(instance: Instance, desired: readonly string[], current: Current): Step[] {
  const { containerId, state, givenUp } = instance
  if (state !== 'running') return [{ kind: 'removeInstance', containerId }]
  if (desired.includes(containerId) || current.routed.includes(containerId)) return []
  const hasRequests = current.reached.includes(instance.type) && !instance.drained && !givenUp
  return [{ kind: hasRequests ? 'drainInstance' : 'stopInstance', containerId }]
}

// ---------------------------------------------------------------------------------------------------- places

type FilledSlot = Slot & {
  instance: Instance | undefined
  /** To be replaced by it, and serving until it can. */
  leaving: Instance | undefined
}

/** Every place of the formation, with the best container for it. */
function fillSlots(own: readonly Instance[], target: Target): FilledSlot[] {
  return target.quantities.flatMap(({ type, quantity }) =>
    Array.from({ length: quantity }, (_, number) => {
      const slot = { type, index: number + 1 }
      const placed = own.filter((instance) => isSame(instance, slot) && !instance.givenUp)
      const instance = best(placed.filter(({ leaving }) => !leaving))
      const leaving = placed.find((found) => found.leaving && found.healthy)
      return { ...slot, instance, leaving: isOpen(instance) ? undefined : leaving }
    }),
  )
}

function best(instances: readonly Instance[]): Instance | undefined {
  return (
    instances.find((instance) => instance.healthy) ??
    instances.find((instance) => instance.state === 'running') ??
    instances.find((instance) => instance.state === 'created')
  )
}

function bringUp(slot: FilledSlot, { untilReady }: { untilReady: boolean }): Step[] {
  const { type, index, instance } = slot
  if (instance === undefined) return [{ kind: 'startInstance', type, index, containerId: null }]
  if (instance.state === 'created') return [{ kind: 'startInstance', ...placed(instance) }]
  return instance.healthy ? [] : [{ kind: 'awaitHealthy', ...placed(instance), untilReady }]
}

function reachedContainers(filled: readonly FilledSlot[], { reached }: Current): string[] {
  return filled.flatMap(({ type, instance }) =>
    reached.includes(type) && instance ? [instance.containerId] : [],
  )
}

function switchTo(containerIds: readonly string[], current: Current): Step[] {
  const same =
    containerIds.length === current.routed.length && containerIds.every((id) => current.routed.includes(id))
  return same ? [] : [{ kind: 'switchRoute', containerIds }]
}

function isWanted(instance: Instance, target: Target): boolean {
  return target.quantities.some(({ type, quantity }) => type === instance.type && instance.index <= quantity)
}

function isResting(slot: FilledSlot, current: Current): boolean {
  return slot.instance === undefined && current.resting.some((resting) => isSame(resting, slot))
}

function isSame(one: Slot, other: Slot): boolean {
  return one.type === other.type && one.index === other.index
}

function placed({ type, index, containerId }: Instance) {
  return { type, index, containerId }
}
