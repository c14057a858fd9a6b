import {
  type AskedCommand,
  label,
  type OneOff,
  type OneOffKind,
  oneOffError,
  oneOffSpec,
  patiently,
  readOneOff,
  type Subject,
  type Undertaking,
} from '@berth/deploy'
import { instanceName } from '@berth/domain'
import type { Keeper } from '../app/keeper.ts'
import { loadSubject } from '../app/load-subject.ts'
import type { Parts } from '../parts.ts'
import type { Places } from './places.ts'

export type OneOffParts = Parts & { keeper: Pick<Keeper, 'undertaking' | 'keptApp'>; places: Places }

export type Wanted = {
  kind: OneOffKind
  command: AskedCommand
  timeoutMs: number
  cronRunId: string | null
}

/** `words`: the whole command, for an attached one, in which it has yet to be run. */
export type Begun = { name: string; oneOff: OneOff; words: string[] }

/**
 * A one-off instance of what is live, started. Nothing is left of one that could not be. An app that is being removed
 * gets none: whoever removes it must find all there is.
 * @throws ONE_OFF.NOTHING_LIVE, ONE_OFF.TOO_MANY, ONE_OFF.MACHINE_FULL, ONE_OFF.NO_COMMAND, RELEASE.…, CONTAINER.…
 */
export async function beginOneOff(parts: OneOffParts, appId: string, wanted: Wanted): Promise<Begun> {
  const { containers } = parts.engine
  const undertaking = await liveUndertaking(parts, appId)
  const place = parts.places.take(appId, wanted.kind, await present(parts))
  try {
    const { spec, words } = oneOffSpec(undertaking, { ...wanted, ...place }, wanted.command)
    if (words.length === 0) throw oneOffError['ONE_OFF.NO_COMMAND']()
    const { id } = await containers.create(spec)
    try {
      const container = await containers.start(id)
      const oneOff = readOneOff(container)
      if (oneOff === undefined || isGone(parts, appId))
        throw oneOffError['ONE_OFF.NOTHING_LIVE']({ app: undertaking.app.name })
      return { name: instanceName(place.type, place.index), oneOff, words }
    } catch (error) {
      await containers.remove(id)
      throw error
    }
  } finally {
    place.release()
  }
}

/** @throws ONE_OFF.NOTHING_LIVE */
export async function liveUndertaking(
  parts: Omit<OneOffParts, 'places'>,
  appId: string,
): Promise<Undertaking & { subject: Subject }> {
  const { stores, keeper } = parts
  const [app, live] = await Promise.all([
    patiently(() => stores.apps.get(appId)),
    patiently(() => stores.deployments.live(appId)),
  ])
  const nothing = () => oneOffError['ONE_OFF.NOTHING_LIVE']({ app: app?.name ?? 'this app' })
  if (app === null || live === null || isGone(parts, appId)) throw nothing()
  const release = await patiently(() => stores.releases.get(live.releaseId))
  const { subject } = await loadSubject(parts, live, release)
  return {
    ...keeper.undertaking(app, subject, () => undefined),
    subject,
    beforeSwitch: async () => undefined,
  }
}

/** Of all apps, oldest first. */
export async function present({ engine }: Pick<Parts, 'engine'>, appId?: string): Promise<OneOff[]> {
  const containers = await engine.containers.list(appId === undefined ? {} : { [label.app]: appId })
  return containers
    .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .flatMap((container) => readOneOff(container) ?? [])
}

function isGone({ keeper }: { keeper: Pick<Keeper, 'keptApp'> }, appId: string): boolean {
  return keeper.keptApp(appId)?.gone ?? false
}
