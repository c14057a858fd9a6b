import {
  askedOf,
  type Crash,
  checksOf,
  type Facts,
  type Instance,
  instancesOf,
  type Judgement,
  label,
  lastingChecks,
  openProber,
  type Slot,
  type Subject,
  type Verdict,
} from '@berth/deploy'
import { instanceName } from '@berth/domain'
import type { Engine } from '@berth/engine'
import type { Notify } from '@berth/observe'
import { openHealthNotices } from '../notices/tell-of-health.ts'
import type { Report } from '../parts.ts'
import type { KeptApp } from './kept-app.ts'

/**
 * What the keeper knows of its instances' health: who is asked, and what follows from the answers. It writes down who is not
 * ready and who is given up (`Facts`), tells of it, and asks for a convergence; planning does the rest.
 */
export interface HealthWatch {
  /** Has those asked that are healthy and stay, of an app's live deployment, and nobody else of it. */
  look(kept: KeptApp): Promise<void>
  /** What its lasting checks say of an instance now; null where it has none. */
  verdict(containerId: string): Verdict | null
  /** It leaves the route and is stopped by the next plan, and another takes its place when that has rested. */
  giveUp(kept: KeptApp, instance: Slot & { containerId: string }, cause: Cause): void
  forget(containerId: string): void
  forgetApp(appId: string): void
  close(): void
}

/** `soundMs`: for how long it was well. */
type Cause = { because: string; soundMs: number }

export function openHealthWatch(parts: {
  engine: Engine
  facts: Facts
  notify: Notify
  report: Report
  keptApp(appId: string): KeptApp
  /** Its place is not filled again at once. */
  rest(kept: KeptApp, slot: Slot, crash: Crash): void
  converge(appId: string): Promise<void>
}): HealthWatch {
  const { engine, facts, report, keptApp } = parts
  const prober = openProber({ judged, report })
  const notices = openHealthNotices(parts.notify)

  async function look(kept: KeptApp): Promise<void> {
    try {
      const staying = await stayingOf(kept)
      if (staying === null) return
      for (const { type, index, readiness } of staying.instances) {
        if (kept.app && readiness === 'ready') notices.healthy(kept.app, instanceName(type, index))
      }
      await watchThese(kept, staying)
    } catch (error) {
      report(`watching over ${kept.app?.name}`, error)
    }
  }

  /** Null: another deployment has become live meanwhile, and somebody else looks. */
  async function stayingOf(kept: KeptApp): Promise<Staying | null> {
    const { keeping } = kept
    const subject = keeping?.undertaking.subject ?? null
    const labels = { [label.app]: kept.id, [label.deployment]: subject?.deploymentId ?? '' }
    const instances = subject ? await instancesOf(engine, facts, labels) : []
    if (kept.keeping !== keeping) return null
    return { subject, instances: instances.filter((instance) => stays(instance, facts)) }
  }

  async function watchThese(kept: KeptApp, { subject, instances }: Staying): Promise<void> {
    const ids = new Set(instances.map(({ containerId }) => containerId))
    for (const id of prober.watching(kept.id)) if (!ids.has(id)) prober.forget(id)
    for (const { containerId, type, index, readiness } of instances) {
      const checks = subject ? lastingChecks(checksOf(subject, type)) : []
      if (kept.keeping === null || checks.length === 0) continue
      const asked = askedOf(kept.keeping.undertaking, await engine.containers.get(containerId))
      const isReady = readiness !== 'not yet'
      prober.watch({ appId: kept.id, slot: { type, index }, asked, checks, isReady })
    }
  }

  function judged({ appId, slot, containerId, verdict, soundMs }: Judgement): void {
    const kept = keptApp(appId)
    if (verdict.kind === 'given up') {
      report(`${kept.app?.name}: ${instanceName(slot.type, slot.index)} is started again`, verdict.because)
      giveUp(kept, { ...slot, containerId }, { ...verdict, soundMs })
    } else if (verdict.kind === 'unready') {
      facts.unready.set(containerId, verdict)
      tellUnhealthy(kept, slot, verdict.because)
    } else facts.unready.delete(containerId)
    void look(kept)
    void parts.converge(appId)
  }

  function giveUp(
    kept: KeptApp,
    { containerId, type, index }: Slot & { containerId: string },
    { because, soundMs }: Cause,
  ): void {
    facts.givenUp.set(containerId, because)
    tellUnhealthy(kept, { type, index }, because)
    parts.rest(kept, { type, index }, { ranMs: soundMs, exit: null, cause: because })
  }

  function tellUnhealthy(kept: KeptApp, { type, index }: Slot, because: string): void {
    if (kept.app) notices.unhealthy(kept.app, instanceName(type, index), because)
  }

  return {
    look,
    verdict: prober.look,
    giveUp,
    forget: prober.forget,
    forgetApp: (appId) => {
      for (const id of prober.watching(appId)) prober.forget(id)
      notices.forget(appId)
    },
    close: prober.close,
  }
}

type Staying = { subject: Subject | null; instances: Instance[] }

function stays({ containerId, healthy, givenUp, leaving }: Instance, facts: Facts): boolean {
  return healthy && !givenUp && !leaving && !facts.stopping.has(containerId)
}
