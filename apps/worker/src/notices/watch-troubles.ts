import { label, patiently, quantitiesOf, readInstance, type Slot } from '@berth/deploy'
import { instanceName } from '@berth/domain'
import { type Container, exitWords } from '@berth/engine'
import { noticeKey } from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { KeptApp } from '../app/kept-app.ts'
import type { Parts } from '../parts.ts'
import { judgeTroubles, type Place } from './judge-troubles.ts'

type Watching = Pick<Parts, 'stores' | 'engine' | 'notify'> & { keeper: Keeper }

/**
 * Tells of crash loops, and when what a former worker told of is over. What was told is known from the records, so a restart
 * of the worker tells nothing twice and forgets no end. Where all is well, a look costs next to nothing.
 */
export function openTroubles(parts: Watching): { look(): Promise<void> } {
  let told: Set<string> | undefined
  return {
    async look() {
      told ??= await openKeys(parts)
      if (told.size === 0 && !isAnyLooping(parts.keeper)) return
      const places = placesOf(parts.keeper, await parts.engine.containers.list({}))
      const known = { apps: appsOf(parts.keeper), places }
      for (const trouble of judgeTroubles(known, told, Date.now())) {
        if (trouble.phase === 'begun') told.add(noticeKey(trouble))
        else told.delete(noticeKey(trouble))
        parts.notify(trouble)
      }
    },
  }
}

async function openKeys({ stores }: Watching): Promise<Set<string>> {
  const open = (prefix: string) => patiently(() => stores.notifications.openSubjects(prefix))
  const [loops, unhealthy] = await Promise.all([open('crash-loop/'), open('unhealthy/')])
  return new Set([...loops, ...unhealthy])
}

function appsOf(keeper: Keeper): Place['app'][] {
  return keeper.knownApps().flatMap((appId) => {
    const kept = keeper.keptApp(appId)
    return kept?.app && kept.keeping ? [kept.app] : []
  })
}

function isAnyLooping(keeper: Keeper): boolean {
  return keeper
    .knownApps()
    .some((appId) => slotsOf(keeper.keptApp(appId)).some((slot) => keeper.book.look(appId, slot)?.looping))
}

function placesOf(keeper: Keeper, containers: readonly Container[]): Place[] {
  const byApp = Map.groupBy(containers, ({ labels }) => labels[label.app])
  return keeper.knownApps().flatMap((appId) => {
    const kept = keeper.keptApp(appId)
    const app = kept?.app
    if (!app) return []
    const own = (byApp.get(appId) ?? []).filter(({ state }) => state === 'running')
    return slotsOf(kept).map((slot) => placeOf(keeper, { app, deploymentId: liveOf(kept), slot, own }))
  })
}

function placeOf(
  keeper: Keeper,
  given: { app: Place['app']; deploymentId: string | undefined; slot: Slot; own: readonly Container[] },
): Place {
  const { app, deploymentId, slot, own } = given
  const running = own.findLast((container) => {
    const instance = readInstance(container, keeper.facts)
    return (
      instance?.deploymentId === deploymentId && instance?.type === slot.type && instance.index === slot.index
    )
  })
  const crash = keeper.book.look(app.id, slot)
  const lost = running === undefined ? undefined : keeper.facts.unready.get(running.id)
  return {
    app,
    instance: instanceName(slot.type, slot.index),
    looping: crash?.looping
      ? (crash.cause ?? (crash.lastExit ? exitWords(crash.lastExit) : 'it ends'))
      : null,
    unready: lost?.readiness === 'lost' ? lost.because : null,
    runningSince: running?.startedAt?.getTime() ?? null,
  }
}

function slotsOf(kept: KeptApp | undefined): Slot[] {
  const subject = kept?.keeping?.undertaking.subject
  if (!kept?.keeping || !subject) return []
  return quantitiesOf(subject.release, kept.keeping.formation).flatMap(({ type, quantity }) =>
    Array.from({ length: quantity }, (_, number) => ({ type, index: number + 1 })),
  )
}

function liveOf(kept: KeptApp | undefined): string | undefined {
  return kept?.keeping?.undertaking.subject?.deploymentId
}
