import { type OneOff, type OneOffKind, oneOffError, oneOffType } from '@berth/deploy'
import type { ProcessType } from '@berth/domain'

/**
 * Which number a one-off instance gets, and whether there is room for it. The lowest free number of its type: the first
 * of an app is `run.1`. Places that were given and whose container is not there yet count too.
 */
export type Places = {
  /** @throws ONE_OFF.TOO_MANY, ONE_OFF.MACHINE_FULL */
  take(appId: string, kind: OneOffKind, present: readonly Taken[]): Place
}

export type Place = { type: ProcessType; index: number; release(): void }

type Taken = Pick<OneOff, 'appId' | 'kind' | 'type' | 'index'>

/** Each is a container, and what somebody is joined to a process of the runtime's besides, some 10 MB. */
export type PlaceLimits = { total: number; perApp: number }

export const placeLimits: PlaceLimits = { total: 64, perApp: 16 }

export function openPlaces(limits: PlaceLimits = placeLimits): Places {
  const given = new Set<Taken>()
  return {
    take(appId, kind, present) {
      const taken = [...present, ...given]
      const type = oneOffType[kind]
      assertRoom(taken, { appId, kind }, limits)
      const own = new Set(
        taken.filter((one) => one.appId === appId && one.type === type).map((one) => one.index),
      )
      let index = 1
      while (own.has(index)) index += 1
      const place = { appId, kind, type, index }
      given.add(place)
      return { type, index, release: () => void given.delete(place) }
    },
  }
}

/** Those on a schedule are bounded by their own plan, which lets them wait; they take nobody's place here. */
function assertRoom(
  taken: readonly Taken[],
  { appId, kind }: { appId: string; kind: OneOffKind },
  { total, perApp }: PlaceLimits,
): void {
  if (kind === 'cron') return
  const asked = taken.filter((one) => one.kind !== 'cron')
  if (asked.filter((one) => one.appId === appId).length >= perApp)
    throw oneOffError['ONE_OFF.TOO_MANY']({ limit: perApp })
  if (asked.length >= total) throw oneOffError['ONE_OFF.MACHINE_FULL']({ limit: total })
}
