import { expect, test } from 'vitest'
import { openSlots } from './slots.ts'

const never = new AbortController().signal
const isWaiting = async (taken: Promise<unknown>) =>
  (await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 5, 'waiting'))])) === 'waiting'

test('so many have a slot, and the next waits until one is given back', async () => {
  const slots = openSlots(2)
  const first = await slots.take(never)
  await slots.take(never)
  const third = slots.take(never)
  expect(await isWaiting(third)).toBe(true)
  first()
  first()
  await third
  expect(await isWaiting(slots.take(never))).toBe(true)
})

test('who goes away loses the place in the line, and nobody the slot', async () => {
  const slots = openSlots(1)
  const giveBack = await slots.take(never)
  const leaving = new AbortController()
  const second = slots.take(leaving.signal)
  const third = slots.take(never)
  leaving.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  giveBack()
  await expect(third).resolves.toBeTypeOf('function')
  await expect(slots.take(leaving.signal)).rejects.toThrow('gone')
})
