import { setImmediate as soon } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openFairTurns } from './fair-turns.ts'

test('apps take turns, however many one of them has waiting', async () => {
  const turns = openFairTurns(1)
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

test('a turn is given back once, however often that is said', async () => {
  const turns = openFairTurns(2)
  const [one, two] = [await turns.take('a'), await turns.take('b')]
  one()
  one()
  await turns.take('c')
  let fourth = false
  void turns.take('d').then(() => {
    fourth = true
  })
  await soon()
  expect(fourth).toBe(false)
  two()
  await soon()
  expect(fourth).toBe(true)
})
