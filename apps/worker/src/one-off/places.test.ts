import { parseProcessType } from '@berth/domain'
import { expect, test } from 'vitest'
import { openPlaces } from './places.ts'

const limits = { total: 3, perApp: 2 }
const shop = { appId: 'shop', kind: 'attached', type: parseProcessType('run') } as const

test('the lowest free number is given, and given again once it is free', () => {
  const places = openPlaces(limits)
  const first = places.take('shop', 'attached', [])
  expect([first.index, places.take('shop', 'attached', []).index]).toEqual([1, 2])
  first.release()
  expect(places.take('shop', 'attached', []).index).toBe(1)
  expect(places.take('blog', 'attached', []).index).toBe(1)
})

test('an app has room for so many, those among them that a worker before has left', () => {
  const places = openPlaces(limits)
  places.take('shop', 'attached', [{ ...shop, index: 1 }])
  expect(() => places.take('shop', 'attached', [{ ...shop, index: 1 }])).toThrow(
    expect.objectContaining({ code: 'ONE_OFF.TOO_MANY' }),
  )
})

test('the machine has room for so many', () => {
  const places = openPlaces(limits)
  for (const appId of ['shop', 'shop', 'blog']) places.take(appId, 'attached', [])
  expect(() => places.take('tides', 'attached', [])).toThrow(
    expect.objectContaining({ code: 'ONE_OFF.MACHINE_FULL' }),
  )
})

test('what runs on a schedule takes nobody’s place, and nobody its', () => {
  const places = openPlaces(limits)
  for (const appId of ['shop', 'shop', 'shop', 'shop']) places.take(appId, 'cron', [])
  expect(places.take('shop', 'attached', []).index).toBe(1)
})
