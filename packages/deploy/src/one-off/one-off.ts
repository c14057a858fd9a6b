import { type ProcessType, parseProcessType } from '@berth/domain'
import type { Container } from '@berth/engine'
import { label } from '../instance.ts'

/**
 * One container that runs beside an app's instances for a single command: `run.1`, `cron.2`. It belongs to no deployment,
 * so keeping the app leaves it alone. What is known of it stands in its labels, for the worker that finds it again.
 *
 * - attached: somebody's terminal or pipes are joined to it. It ends with them, or with the worker.
 * - detached, cron: it runs on without anybody, as long as `timeoutMs` lets it.
 */
export type OneOff = {
  containerId: string
  appId: string
  releaseVersion: number
  type: ProcessType
  index: number
  kind: OneOffKind
  timeoutMs: number
  /** The run of a job that it carries out. */
  cronRunId: string | null
}

export type OneOffKind = 'attached' | 'detached' | 'cron'

export const oneOffType: Readonly<Record<OneOffKind, ProcessType>> = {
  attached: parseProcessType('run'),
  detached: parseProcessType('run'),
  cron: parseProcessType('cron'),
}

const ownLabel = { kind: 'berth.one-off', timeout: 'berth.timeout', cronRun: 'berth.cron-run' } as const

export const oneOffKindLabel = ownLabel.kind
export const cronRunLabel = ownLabel.cronRun

export function oneOffLabels(oneOff: Omit<OneOff, 'containerId'>): Record<string, string> {
  return {
    [label.app]: oneOff.appId,
    [label.release]: String(oneOff.releaseVersion),
    [label.process]: oneOff.type,
    [label.index]: String(oneOff.index),
    [ownLabel.kind]: oneOff.kind,
    [ownLabel.timeout]: String(oneOff.timeoutMs),
    ...(oneOff.cronRunId === null ? {} : { [ownLabel.cronRun]: oneOff.cronRunId }),
  }
}

/** Undefined for a container that is something else. */
export function readOneOff({ id, labels }: Pick<Container, 'id' | 'labels'>): OneOff | undefined {
  const { [label.app]: appId, [label.process]: type, [ownLabel.kind]: kind } = labels
  if (appId === undefined || type === undefined || !isKind(kind)) return undefined
  return {
    containerId: id,
    appId,
    releaseVersion: Number(labels[label.release] ?? 0),
    type: parseProcessType(type),
    index: Number(labels[label.index] ?? 0),
    kind,
    timeoutMs: Number(labels[ownLabel.timeout] ?? 0),
    cronRunId: labels[ownLabel.cronRun] ?? null,
  }
}

function isKind(given: string | undefined): given is OneOffKind {
  return given !== undefined && Object.hasOwn(oneOffType, given)
}
