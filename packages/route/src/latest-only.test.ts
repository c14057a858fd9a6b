import { expect, test } from 'vitest'
import { latestOnly } from './latest-only.ts'

test('calls are carried out one after the other, and of those that wait only the newest', async () => {
  const begun: number[] = []
  let active = 0
  const act = latestOnly(async (given: number) => {
    expect(++active).toBe(1)
    begun.push(given)
    await Promise.resolve()
    active--
  })
  const first = act(1)
  await Promise.resolve()
  await Promise.all([first, act(2), act(3), act(4)])
  expect(begun).toEqual([1, 4])
  await act(5)
  expect(begun).toEqual([1, 4, 5])
})

test('a failure reaches who waited for it, and nobody else', async () => {
  const act = latestOnly(async (given: string) => {
    if (given === 'bad') throw new Error('bad')
  })
  const bad = act('bad')
  await expect(bad).rejects.toThrow('bad')
  await expect(act('good')).resolves.toBeUndefined()
})
