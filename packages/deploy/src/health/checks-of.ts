import { type Healthcheck, type ProcessType, web } from '@berth/domain'
import type { Subject } from '../undertaking.ts'
import { imageChecks } from './image-checks.ts'

/** What an instance of a process type is asked, and when. */
export type Checks = {
  /** Until each has passed once, it gets no requests. */
  startup: readonly Healthcheck[]
  /** Whether it gets them. */
  readiness: readonly Healthcheck[]
  /** Whether it is stopped and started again. */
  liveness: readonly Healthcheck[]
}

/**
 * The release's own checks; else, for web, the image's HEALTHCHECK, which asks what the image's own command serves: a worker
 * of the same image would never pass it. None at all is fine: web is then healthy when it listens.
 */
export function checksOf(subject: Pick<Subject, 'release' | 'image'>, type: ProcessType): Checks {
  const own = Object.hasOwn(subject.release.healthchecks, type) ? subject.release.healthchecks[type] : []
  const given = own?.length ? own : type === web ? imageChecks(subject.image.config) : []
  const ofType = (wanted: Healthcheck['type']) => given.filter((check) => check.type === wanted)
  return {
    startup: ofType('startup'),
    readiness: ofType('readiness'),
    // Whoever runs is not too young to live.
    liveness: ofType('liveness').filter(({ probe }) => probe.kind !== 'uptime'),
  }
}

/** Asked again and again for as long as the instance runs. */
export function lastingChecks({ readiness, liveness }: Checks): Healthcheck[] {
  return [...readiness, ...liveness]
}
