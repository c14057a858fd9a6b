import { type ProcessType, web } from '@berth/domain'
import { type Instance, releaseCommandType, type Slot } from './instance.ts'

/**
 * What is, and what should be → what can be done now. Pure. Steps of one plan do not wait for each other; when one is
 * done, whoever carries them out looks again and plans again, until nothing is left to do. So there is no remembered
 * place in a sequence: a crash, a reboot, a scaling and a deployment are all answered by planning.
 *
 * While a deployment is made (`mode: 'deploy'`): the release command, then the new instances, then the route, and not
 * one step touches anything else; a new instance that ends before the route was switched is a crash.
 * While an app is kept (`mode: 'keep'`): missing instances are started unless they rest after a crash, the route leads to
 * those that are healthy, and what should not be there is drained, stopped and removed, but only once the target
 * serves. Instances of deployments that are not over yet (`untouched`) are left alone.
 */
export function planDeploy(current: Current, target: Target): Step[] {
  return target.mode === 'deploy' ? planNew(current, target) : planKeeping(current, target)
}

export type Current = {
  /** All of the app's, whichever deployment made them. Oldest first. */
  instances: readonly Instance[]
  /** Containers that the app's route leads to. */
  routed: readonly string[]
  /** Crashed, and not to be started yet. */
  resting: readonly Slot[]
}

export type Target = {
  mode: 'deploy' | 'keep'
  /** Null: nothing should run. */
  deploymentId: string | null
  quantities: readonly { type: ProcessType; quantity: number }[]
  /** To be run before any instance is started. */
  hasReleaseCommand: boolean
  /** Deployments that somebody else still works on. */
  untouched: readonly string[]
}

export type Step =
  | { kind: 'runReleaseCommand' }
  /** `containerId`: made before a crash, never started. */
  | { kind: 'startInstance'; type: ProcessType; index: number; containerId: string | null }
  | { kind: 'awaitHealthy'; type: ProcessType; index: number; containerId: string }
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
    case 'runReleaseCommand':
    case 'switchRoute':
      return step.kind
    default:
      return `${step.kind} ${step.containerId}`
  }
}

// ---------------------------------------------------------------------------------------------------- a deployment

function planNew(current: Current, target: Target): Step[] {
  const own = current.instances.filter((instance) => instance.deploymentId === target.deploymentId)
  if (target.hasReleaseCommand && !own.some(isSucceededReleaseCommand)) return [{ kind: 'runReleaseCommand' }]
  const crashed = own.filter((instance) => instance.state === 'exited' && isWanted(instance, target))
  if (crashed.length > 0) return crashed.map((instance) => ({ kind: 'reportCrash', ...placed(instance) }))
  const filled = fillSlots(own, target)
  const steps = filled.flatMap((slot) => bringUp(slot))
  return steps.length > 0 ? steps : switchTo(webContainers(filled), current)
}

function isSucceededReleaseCommand(instance: Instance): boolean {
  return instance.type === releaseCommandType && instance.state === 'exited' && instance.exitCode === 0
}

// ---------------------------------------------------------------------------------------------------- keeping

function planKeeping(current: Current, target: Target): Step[] {
  const own = current.instances.filter((instance) => instance.deploymentId === target.deploymentId)
  const filled = fillSlots(own, target)
  const wantsWeb = filled.some((slot) => slot.type === web)
  const healthyWebs = webContainers(filled.filter((slot) => slot.instance?.healthy))
  const serves = !wantsWeb || healthyWebs.length > 0
  const desired = serves ? healthyWebs : stillServing(current)
  return [
    ...filled.filter((slot) => !isResting(slot, current)).flatMap((slot) => bringUp(slot)),
    ...switchTo(desired, current),
    ...superfluous(current, target, filled)
      .filter((instance) => serves || !desired.includes(instance.containerId))
      .flatMap((instance) => retire(instance, desired, current)),
  ]
}

/** Until the target serves, whatever is routed and runs goes on answering. */
function stillServing(current: Current): string[] {
  return current.instances
    .filter((instance) => instance.state === 'running' && current.routed.includes(instance.containerId))
    .map((instance) => instance.containerId)
}

function superfluous(current: Current, target: Target, filled: readonly FilledSlot[]): Instance[] {
  return current.instances.filter(
    (instance) =>
      !target.untouched.includes(instance.deploymentId) &&
      !filled.some((slot) => slot.instance?.containerId === instance.containerId) &&
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
  const { containerId, state } = instance
  if (state !== 'running') return [{ kind: 'removeInstance', containerId }]
  if (desired.includes(containerId) || current.routed.includes(containerId)) return []
  const hasRequests = instance.type === web && !instance.drained
  return [{ kind: hasRequests ? 'drainInstance' : 'stopInstance', containerId }]
}

// ---------------------------------------------------------------------------------------------------- places

type FilledSlot = Slot & { instance: Instance | undefined }

/** Every place of the formation, with the best container for it. */
function fillSlots(own: readonly Instance[], target: Target): FilledSlot[] {
  return target.quantities.flatMap(({ type, quantity }) =>
    Array.from({ length: quantity }, (_, number) => {
      const slot = { type, index: number + 1 }
      return { ...slot, instance: best(own.filter((instance) => isSame(instance, slot))) }
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

function bringUp(slot: FilledSlot): Step[] {
  const { type, index, instance } = slot
  if (instance === undefined) return [{ kind: 'startInstance', type, index, containerId: null }]
  if (instance.state === 'created') return [{ kind: 'startInstance', ...placed(instance) }]
  return instance.healthy ? [] : [{ kind: 'awaitHealthy', ...placed(instance) }]
}

function webContainers(filled: readonly FilledSlot[]): string[] {
  return filled.flatMap((slot) => (slot.type === web && slot.instance ? [slot.instance.containerId] : []))
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
