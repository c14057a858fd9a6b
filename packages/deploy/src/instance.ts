import { type ProcessType, parseProcessType } from '@berth/domain'
import type { Container } from '@berth/engine'

/**
 * One running container of a process type. What is known of it comes from the engine (labels and state) and from what
 * this worker has seen (healthy, drained); a new worker finds the first and learns the second again.
 */
export type Instance = {
  containerId: string
  appId: string
  deploymentId: string
  releaseVersion: number
  type: ProcessType
  index: number
  state: Container['state']
  exitCode: number | null
  /** web: something accepted a connection on its port. Other types: it ran for a moment. */
  healthy: boolean
  /** It had no requests left after the route was taken from it. */
  drained: boolean
}

/** A place in the formation: web.1. */
export type Slot = { type: ProcessType; index: number }

/** The release command's container is kept as an instance of this type, which no Procfile can name. */
export const releaseCommandType = 'release' as ProcessType

export const label = {
  app: 'berth.app',
  deployment: 'berth.deployment',
  release: 'berth.release',
  process: 'berth.process',
  index: 'berth.index',
} as const

export function instanceLabels(instance: {
  appId: string
  deploymentId: string
  releaseVersion: number
  type: ProcessType
  index: number
}): Record<string, string> {
  return {
    [label.app]: instance.appId,
    [label.deployment]: instance.deploymentId,
    [label.release]: String(instance.releaseVersion),
    [label.process]: instance.type,
    [label.index]: String(instance.index),
  }
}

/** Undefined for a container that is no app's: the engine serves others too. */
export function readInstance(container: Container, facts: Facts): Instance | undefined {
  const { [label.app]: appId, [label.deployment]: deploymentId, [label.process]: type } = container.labels
  if (appId === undefined || deploymentId === undefined || type === undefined) return undefined
  const running = container.state === 'running'
  return {
    containerId: container.id,
    appId,
    deploymentId,
    releaseVersion: Number(container.labels[label.release] ?? 0),
    type: parseProcessType(type),
    index: Number(container.labels[label.index] ?? 0),
    state: container.state,
    exitCode: container.exit?.code ?? null,
    healthy: running && facts.healthy.has(container.id),
    drained: facts.drained.has(container.id),
  }
}

/** What one worker has seen of containers, by their ids. */
export type Facts = {
  healthy: Set<string>
  drained: Set<string>
  /** Being stopped by us: their end is no crash. Each with the stop's own promise, so that nobody stops twice. */
  stopping: Map<string, Promise<unknown>>
}

export function noFacts(): Facts {
  return { healthy: new Set(), drained: new Set(), stopping: new Map() }
}

export function forget(facts: Facts, containerId: string): void {
  facts.healthy.delete(containerId)
  facts.drained.delete(containerId)
  facts.stopping.delete(containerId)
}
