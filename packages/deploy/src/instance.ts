import { type ProcessType, parseProcessType } from '@berth/domain'
import type { Container } from '@berth/engine'
import { readTaskName, type TaskName } from './tasks.ts'

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
  /** Null: it is no task of a deployment. */
  task: TaskName | null
  state: Container['state']
  exitCode: number | null
  /** It has passed the gate of its start (`untilHealthy`). */
  healthy: boolean
  /** What its readiness checks say; an instance that has none is ready. */
  readiness: Readiness
  /** A liveness check, or the gate of its start, has given it up: it is to be replaced. */
  givenUp: boolean
  /** It had no requests left after the route was taken from it. */
  drained: boolean
  /** It is to be replaced: it goes when another in its place is healthy. */
  leaving: boolean
}

/** `not yet`: they have never passed. `lost`: they had passed, and fail now. */
export type Readiness = 'ready' | 'not yet' | 'lost'

/** A place in the formation: web.1. */
export type Slot = { type: ProcessType; index: number }

/** The containers of a deployment's tasks are instances of this type, which no Procfile can name. */
export const taskType = 'release' as ProcessType

export const label = {
  app: 'berth.app',
  deployment: 'berth.deployment',
  release: 'berth.release',
  process: 'berth.process',
  index: 'berth.index',
  /** Only of a deployment's tasks. */
  task: 'berth.task',
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
    task: readTaskName(container.labels[label.task]),
    state: container.state,
    exitCode: container.exit?.code ?? null,
    healthy: running && facts.healthy.has(container.id),
    readiness: facts.unready.get(container.id)?.readiness ?? 'ready',
    givenUp: facts.givenUp.has(container.id),
    drained: facts.drained.has(container.id),
    leaving: facts.leaving.has(container.id),
  }
}

/** What one worker has seen of containers, by their ids. */
export type Facts = {
  healthy: Set<string>
  /** Those that should get no requests now, with the reason in words. */
  unready: Map<string, { readiness: Exclude<Readiness, 'ready'>; because: string }>
  /** With the cause in words. */
  givenUp: Map<string, string>
  drained: Set<string>
  leaving: Set<string>
  /** Being stopped by us: their end is no crash. Each with the stop's own promise, so that nobody stops twice. */
  stopping: Map<string, Promise<unknown>>
}

export function noFacts(): Facts {
  return {
    healthy: new Set(),
    unready: new Map(),
    givenUp: new Map(),
    drained: new Set(),
    leaving: new Set(),
    stopping: new Map(),
  }
}

export function forget(facts: Facts, containerId: string): void {
  facts.healthy.delete(containerId)
  facts.unready.delete(containerId)
  facts.givenUp.delete(containerId)
  facts.drained.delete(containerId)
  facts.leaving.delete(containerId)
  facts.stopping.delete(containerId)
}
