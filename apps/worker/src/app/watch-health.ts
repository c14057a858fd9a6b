import {
  askedOf,
  checksOf,
  type Facts,
  type Instance,
  instancesOf,
  label,
  lastingChecks,
  type Prober,
} from '@berth/deploy'
import type { Engine } from '@berth/engine'
import type { KeptApp } from './kept-app.ts'

/** Has the prober ask those that are healthy and stay, of an app's live deployment, and nobody else of it; returns them. */
export async function watchHealth(
  { engine, facts, prober }: { engine: Engine; facts: Facts; prober: Prober },
  kept: KeptApp,
): Promise<Instance[]> {
  const { keeping } = kept
  const subject = keeping?.undertaking.subject
  const labels = { [label.app]: kept.id, [label.deployment]: subject?.deploymentId ?? '' }
  const instances = subject ? await instancesOf(engine, facts, labels) : []
  if (kept.keeping !== keeping) return []
  const staying = instances.filter(
    ({ containerId, healthy, givenUp, leaving }) =>
      healthy && !givenUp && !leaving && !facts.stopping.has(containerId),
  )
  const ids = new Set(staying.map(({ containerId }) => containerId))
  for (const id of prober.watching(kept.id)) if (!ids.has(id)) prober.forget(id)
  for (const { containerId, type, index, readiness } of staying) {
    const checks = subject ? lastingChecks(checksOf(subject, type)) : []
    if (keeping === null || checks.length === 0) continue
    const asked = askedOf(keeping.undertaking, await engine.containers.get(containerId))
    prober.watch({ appId: kept.id, slot: { type, index }, asked, checks, isReady: readiness !== 'not yet' })
  }
  return staying
}
