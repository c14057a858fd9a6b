import { expect, test } from 'vitest'
import { apiError } from './errors.ts'
import { whileAllowed } from './while-allowed.ts'

/** Gives what it has, then waits until it is stopped. */
function source(items: number[]) {
  const stopped = Promise.withResolvers<void>()
  const state = { stopped: false }
  async function* stream() {
    yield* items
    await stopped.promise
  }
  const stop = () => {
    state.stopped = true
    stopped.resolve()
  }
  return { stream: stream(), stop, state }
}

test('a stream passes everything while it is allowed', async () => {
  async function* three() {
    yield* [1, 2, 3]
  }
  const seen = []
  const options = { everyMs: 5, stop: () => undefined }
  for await (const item of whileAllowed(three(), async () => undefined, options)) seen.push(item)
  expect(seen).toEqual([1, 2, 3])
})

test('one that waits ends with the reason when it is allowed no more, and its source is stopped', async () => {
  const { stream, stop, state } = source([1])
  let allowed = true
  const assertAllowed = async () => {
    if (!allowed) throw apiError['API.NOT_ALLOWED']()
  }
  const guarded = whileAllowed(stream, assertAllowed, { everyMs: 5, stop })
  expect(await guarded.next()).toEqual({ done: false, value: 1 })
  const waiting = guarded.next()
  allowed = false
  await expect(waiting).rejects.toMatchObject({ code: 'API.NOT_ALLOWED' })
  expect(state.stopped).toBe(true)
})

test('a database that is away ends no stream', async () => {
  const { stream, stop } = source([])
  let looks = 0
  const assertAllowed = async () => {
    looks += 1
    if (looks < 3) throw Object.assign(new Error('away'), { retryable: true })
    throw apiError['API.SIGNED_OUT']()
  }
  const guarded = whileAllowed(stream, assertAllowed, { everyMs: 2, stop })
  await expect(guarded.next()).rejects.toMatchObject({ code: 'API.SIGNED_OUT' })
  expect(looks).toBe(3)
})

test('whoever goes away stops the source', async () => {
  const { stream, stop, state } = source([1])
  const guarded = whileAllowed(stream, async () => undefined, { everyMs: 60_000, stop })
  await guarded.next()
  await guarded.return(undefined)
  expect(state.stopped).toBe(true)
})
