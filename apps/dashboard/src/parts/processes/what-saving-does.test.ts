import { expect, test } from 'vitest'
import { type Wish, whatSavingDoes } from './what-saving-does.ts'

const megabyte = 1024 * 1024
const before: Wish = { quantity: 2, memoryBytes: 512 * megabyte, cpus: null }

const saving = (wish: Partial<Wish>, more = {}) =>
  whatSavingDoes({
    ...{ type: 'web', before, wish: { ...before, ...wish }, stopped: false },
    ...{ usedBytes: 90 * megabyte, othersBytes: 0, machineBytes: 4096 * megabyte },
    ...more,
  })

test('nothing changed does nothing', () => {
  expect(saving({})).toEqual({ does: [], warns: [] })
})

test('more instances are named', () => {
  expect(saving({ quantity: 3 }).does).toEqual(['Starts web.3.'])
  expect(saving({ quantity: 4 }).does).toEqual(['Starts web.3 and web.4.'])
  expect(saving({ quantity: 6 }).does).toEqual(['Starts web.3 to web.6.'])
})

test('fewer are stopped gently; none at all says what that means', () => {
  expect(saving({ quantity: 1 }).does).toEqual(['Stops web.2, when what it does is done.'])
  expect(saving({ quantity: 0 }).does[0]).toContain('nothing answers')
  expect(saving({ quantity: 0 }, { type: 'worker' }).does).toEqual(['Stops worker altogether.'])
})

test('a limit replaces every instance, because it belongs to the release', () => {
  const { does } = saving({ cpus: 0.5, quantity: 3 })
  expect(does).toHaveLength(2)
  expect(does[1]).toContain('replaces every instance')
})

test('of a stopped app it counts later', () => {
  expect(saving({ quantity: 3 }, { stopped: true }).does.at(-1)).toContain('when it is started')
})

test('a limit below what is used, and more than the machine has, are warned of', () => {
  expect(saving({ memoryBytes: 64 * megabyte }).warns).toEqual([
    'web uses 90 MB now: with 64 MB it would be killed.',
  ])
  expect(saving({ quantity: 9 }).warns[0]).toContain('4.5 GB; this machine has 4 GB')
})
