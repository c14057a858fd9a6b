import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inBatches } from './in-batches.ts'

const quick = { maxItems: 100, maxWaitMs: 20, signal: undefined }

async function collect<Item>(batches: AsyncIterable<Item[]>): Promise<Item[][]> {
  const collected: Item[][] = []
  for await (const batch of batches) collected.push(batch)
  return collected
}

test('a burst becomes one batch, up to the limit', async () => {
  async function* burst() {
    for (let number = 0; number < 250; number++) yield number
  }
  const batches = await collect(inBatches(burst, quick))
  expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50])
  expect(batches.flat()).toEqual(Array.from({ length: 250 }, (_, number) => number))
})

test('what comes alone is not kept waiting', async () => {
  async function* slow() {
    yield 'first'
    await sleep(120)
    yield 'second'
  }
  expect(await collect(inBatches(slow, quick))).toEqual([['first'], ['second']])
})

test('leaving the loop aborts the source and waits for its end', async () => {
  let ended = false
  async function* endless(signal: AbortSignal) {
    try {
      for (;;) {
        yield 'line'
        await sleep(60_000, null, { signal })
      }
    } finally {
      ended = true
    }
  }
  for await (const _ of inBatches(endless, quick)) break
  expect(ended).toBe(true)
})

test('an aborted reader ends it without an error', async () => {
  const reader = new AbortController()
  async function* endless(signal: AbortSignal) {
    yield 'line'
    await sleep(60_000, null, { signal })
  }
  const collected = collect(inBatches(endless, { ...quick, signal: reader.signal }))
  await sleep(40)
  reader.abort()
  expect(await collected).toEqual([['line']])
})

test('what the source throws is thrown, after what came before it', async () => {
  async function* failing() {
    yield 'line'
    throw new Error('lost')
  }
  const got: string[][] = []
  const reading = (async () => {
    for await (const batch of inBatches(failing, quick)) got.push(batch)
  })()
  await expect(reading).rejects.toThrow('lost')
  expect(got).toEqual([['line']])
})
