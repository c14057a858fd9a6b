import { noticeKey } from '@berth/observe'
import { expect, test } from 'vitest'
import { judgeTroubles, type Place } from './judge-troubles.ts'

const app = { id: 'app-1', name: 'shop' as Place['app']['name'], teamId: 'team-1' }
const now = 1_000_000
const sound: Place = { app, instance: 'web.1', looping: null, unready: null, runningSince: now - 61_000 }
const young: Place = { ...sound, runningSince: now - 1_000 }
const waiting: Place = { ...sound, runningSince: null }
const looping: Place = { ...waiting, looping: 'ended with 1' }
const unready: Place = { ...sound, unready: 'GET /ready answers 503' }

const crashes = 'crash-loop/app-1/web.1'
const unhealthy = 'unhealthy/app-1/web.1'

const say = (places: readonly Place[], told: readonly string[]) =>
  judgeTroubles({ apps: places.map((place) => place.app), places }, new Set(told), now).map((notice) => [
    noticeKey(notice),
    notice.phase,
  ])

test.each<[string, Place[], string[], [string, string][]]>([
  ['what runs soundly is nothing to tell', [sound], [], []],
  ['a crash loop is told when it begins', [looping], [], [[crashes, 'begun']]],
  ['and not again while it lasts', [looping], [crashes], []],
  ['nor while the next start is young', [young], [crashes], []],
  ['nor while nothing is known of it, after a restart of the worker', [waiting], [crashes], []],
  ['it is over when it has run for a minute', [sound], [crashes], [[crashes, 'ended']]],
  [
    'also where the book still remembers',
    [{ ...looping, runningSince: now - 61_000 }],
    [crashes],
    [[crashes, 'ended']],
  ],
  ['that readiness is lost, others tell', [unready], [], []],
  ['nothing is over while it is', [unready], [unhealthy], []],
  ['that it is back is told where a former worker told of it', [sound], [unhealthy], [[unhealthy, 'ended']]],
  [
    'a place that is gone has no trouble any more',
    [{ ...sound, instance: 'web.2' }],
    [crashes],
    [[crashes, 'ended']],
  ],
  ['an app that is gone has nobody to tell', [{ ...sound, app: { ...app, id: 'other' } }], [crashes], []],
  ['nothing is known yet: nothing is over', [], [crashes, unhealthy], []],
])('%s', (_what, places, told, expected) => {
  expect(say(places, told)).toEqual(expected)
})

test('an app of which nothing should run any more has no trouble', () => {
  const ended = { kind: 'crash-loop', app, instance: 'web.1', exit: null, phase: 'ended' }
  expect(judgeTroubles({ apps: [app], places: [] }, new Set([crashes]), now)).toEqual([ended])
})

test('the cause is told', () => {
  expect(judgeTroubles({ apps: [app], places: [looping] }, new Set(), now)).toEqual([
    { kind: 'crash-loop', app, instance: 'web.1', exit: 'ended with 1', phase: 'begun' },
  ])
})
