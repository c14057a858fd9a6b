import { setImmediate as soon } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type FairTurns, openFairTurns } from './fair-turns.ts'

/** Whose turns have begun, in order; none is given back. */
function taking(turns: FairTurns) {
  const begun: string[] = []
  const take = (appId: string) => void turns.take(appId).then(() => begun.push(appId))
  return { begun, take }
}

test('apps take turns, however many one of them has waiting', async () => {
  const turns = openFairTurns({ atOnce: 1, perApp: 1 })
  const order: string[] = []
  const first = await turns.take('greedy')
  const waiting = ['greedy', 'greedy', 'greedy', 'modest', 'shy'].map(async (appId) => {
    const giveBack = await turns.take(appId)
    order.push(appId)
    giveBack()
  })
  first()
  await Promise.all(waiting)
  expect(order).toEqual(['greedy', 'modest', 'shy', 'greedy', 'greedy'])
})

test('one app never has all turns, though nobody else wants one', async () => {
  const { begun, take } = taking(openFairTurns({ atOnce: 3, perApp: 2 }))
  for (const appId of ['greedy', 'greedy', 'greedy', 'greedy']) take(appId)
  await soon()
  expect(begun).toEqual(['greedy', 'greedy'])
  take('shy')
  await soon()
  expect(begun).toEqual(['greedy', 'greedy', 'shy'])
})

test('a turn is given back once, however often that is said', async () => {
  const turns = openFairTurns({ atOnce: 2, perApp: 1 })
  const [one, two] = [await turns.take('a'), await turns.take('b')]
  one()
  one()
  const { begun, take } = taking(turns)
  take('c')
  take('d')
  await soon()
  expect(begun).toEqual(['c'])
  two()
  await soon()
  expect(begun).toEqual(['c', 'd'])
})
