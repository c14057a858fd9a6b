import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBuildCache, stepKey } from './build-cache.ts'

const key = 'a'.repeat(64)
const other = 'b'.repeat(64)
let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'berth-cache-'))
})
afterEach(() => rm(home, { recursive: true }))

test('a record outlives the process that kept it', async () => {
  await (await openBuildCache(home)).keep(key, { layer: 'layer1' })
  const reopened = await openBuildCache(home)
  expect(await reopened.find(key)).toEqual({ layer: 'layer1' })
  expect(await reopened.find(other)).toBeUndefined()
})

test('a damaged file counts as no record, and a new record takes its place', async () => {
  const cache = await openBuildCache(home)
  await cache.keep(key, { layer: 'layer1' })
  for (const damage of ['', '{"layer', '{"layer":7}', 'null']) {
    await writeFile(`${home}/cache/${key}.json`, damage)
    expect(await cache.find(key)).toBeUndefined()
  }
  await cache.keep(key, { layer: null })
  expect(await cache.find(key)).toEqual({ layer: null })
})

test('what a crash left half-written goes at the next start', async () => {
  await openBuildCache(home)
  await writeFile(`${home}/cache/${key}.json.0a0a.tmp`, '{"lay')
  await openBuildCache(home)
  expect(await readdir(`${home}/cache`)).toEqual(['copies'])
})

test('it names the layers that it needs, and forgets what was of no use for long', async () => {
  const cache = await openBuildCache(home)
  await cache.keep(key, { layer: 'old' })
  await cache.keep(other, { layer: 'new' })
  await cache.keep('c'.repeat(64), { layer: null })
  expect((await cache.layers()).sort()).toEqual(['new', 'old'])

  const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000)
  await utimes(`${home}/cache/${key}.json`, longAgo, longAgo)
  expect(await cache.layers()).toEqual(['new'])
  expect(await cache.forget(new Date(Date.now() + 1_000))).toBe(2)
  expect(await cache.layers()).toEqual([])
})

test('finding a record counts as use', async () => {
  const cache = await openBuildCache(home)
  await cache.keep(key, { layer: 'old' })
  const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000)
  await utimes(`${home}/cache/${key}.json`, longAgo, longAgo)
  await cache.find(key)
  expect(await cache.forget(new Date(Date.now() - 24 * 3_600_000))).toBe(0)
})

test('a step’s key changes with its definition, what it stands on and what it reads', () => {
  const keys = [
    stepKey('d', ['1'], []),
    stepKey('e', ['1'], []),
    stepKey('d', ['1', '2'], []),
    stepKey('d', [], [['1']]),
    stepKey('d', ['1'], [['2']]),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})
