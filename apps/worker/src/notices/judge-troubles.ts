import type { App } from '@berth/domain'
import { type Notice, noticeKey } from '@berth/observe'

/** A place in an app's formation, and how it is there now. */
export type Place = {
  app: Pick<App, 'id' | 'name' | 'teamId'>
  /** web.1 */
  instance: string
  /** Why it crashes again and again; null: it does not, as far as this worker has seen. */
  looping: string | null
  /** Why its readiness is lost; null: it is not. */
  unready: string | null
  /** Milliseconds since 1970; null: nothing runs here. */
  runningSince: number | null
}

/** `apps`: all of which it is known what should run, were it nothing. */
export type Known = { apps: readonly Place['app'][]; places: readonly Place[] }

export type Trouble = Extract<Notice, { kind: 'crash-loop' | 'unhealthy' }>

/** It has run so long without trouble that the trouble is over. */
const soundAfterMs = 60_000

/**
 * What is to be told: troubles that nobody was told of, and those that were told of and are over. Over is what runs soundly
 * for a minute, and what is no longer there, where its app still is; a place that merely waits is neither. `told` holds
 * keys of notices. That readiness is lost is told where it is found (tell-of-health.ts); here only what a former worker told.
 */
export function judgeTroubles({ apps, places }: Known, told: ReadonlySet<string>, now: number): Trouble[] {
  const present = places.flatMap((place) => {
    const isSound = place.runningSince !== null && now - place.runningSince >= soundAfterMs
    return both(place).flatMap(({ reason, notice, isOursToBegin }) => {
      const isTold = told.has(noticeKey(notice('begun')))
      const isOn = reason !== null && !(notice('begun').kind === 'crash-loop' && isSound)
      if (isOn && !isTold && isOursToBegin) return [notice('begun')]
      return isTold && !isOn && isSound ? [notice('ended')] : []
    })
  })
  return [...present, ...vanished({ apps, places }, told)]
}

type Phase = Trouble['phase']

function both({ app, instance, looping, unready }: Place) {
  return [
    {
      reason: looping,
      isOursToBegin: true,
      notice: (phase: Phase): Trouble => ({ kind: 'crash-loop', app, instance, exit: looping, phase }),
    },
    {
      reason: unready,
      isOursToBegin: false,
      notice: (phase: Phase): Trouble => ({ kind: 'unhealthy', app, instance, reason: unready, phase }),
    },
  ]
}

/** Scaled away, or stopped with its app. */
function vanished({ apps, places }: Known, told: ReadonlySet<string>): Trouble[] {
  const there = new Set(
    places.flatMap((place) => both(place).map(({ notice }) => noticeKey(notice('begun')))),
  )
  return [...told].flatMap((key): Trouble[] => {
    const [kind, appId = '', instance = ''] = key.split('/')
    const app = apps.find(({ id }) => id === appId)
    if (app === undefined || there.has(key)) return []
    const phase = 'ended' as const
    if (kind === 'crash-loop') return [{ kind, app, instance, exit: null, phase }]
    return kind === 'unhealthy' ? [{ kind, app, instance, reason: null, phase }] : []
  })
}
