import { expect, test } from 'vitest'
import { openTurns } from './turns.ts'

const quiet = { onWait: () => undefined, signal: new AbortController().signal }

test('turns of one app come one after the other, in the order of asking', async () => {
  const turns = openTurns()
  const order: string[] = []
  const take = async (name: string) => {
    const giveBack = await turns.take('app', { ...quiet, name })
    order.push(`${name} begins`)
    await Promise.resolve()
    order.push(`${name} ends`)
    giveBack()
  }
  await Promise.all(['v1', 'v2', 'v3'].map(take))
  expect(order).toEqual(['v1 begins', 'v1 ends', 'v2 begins', 'v2 ends', 'v3 begins', 'v3 ends'])
})

test('who waits is told for whom: the one before', async () => {
  const turns = openTurns()
  const told: string[] = []
  const onWait = (holder: string) => void told.push(holder)
  await turns.take('app', { ...quiet, name: 'v1', onWait })
  void turns.take('app', { ...quiet, name: 'v2', onWait })
  void turns.take('app', { ...quiet, name: 'v3', onWait })
  expect(told).toEqual(['v1', 'v2'])
})

test('who leaves the line does not hold it up', async () => {
  const turns = openTurns()
  const leaving = new AbortController()
  const giveBack = await turns.take('app', { ...quiet, name: 'v1' })
  const second = turns.take('app', { ...quiet, name: 'v2', signal: leaving.signal })
  const third = turns.take('app', { ...quiet, name: 'v3' })
  leaving.abort(new Error('cancelled'))
  await expect(second).rejects.toThrow('cancelled')
  giveBack()
  giveBack()
  await third
})

test('apps do not wait for each other', async () => {
  const turns = openTurns()
  await turns.take('one', { ...quiet, name: 'v1' })
  await turns.take('other', { ...quiet, name: 'v1' })
})
