import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolutions, startOf } from './resolutions.ts'
import { readSlots, ringBytes, type Shape, writeSlots } from './ring-file.ts'
import { usageCodec } from './slot-codec.ts'
import { mergeUsage, noUsage, type Usage } from './usage.ts'

const [tenSeconds, minute, tenMinutes] = resolutions
const shape: Shape<Usage> = { codec: usageCodec, merge: mergeUsage }
/** The beginning of an hour. */
const start = startOf(1_795_341_600_000, 3_600_000)

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-ring-`)
  path = join(directory, 'web.1')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const part = (cpuMs: number): Usage => ({ ...noUsage, coveredMs: 10_000, cpuMs, cpuPeak: cpuMs / 10_000 })
const slots = (from: number, many: number, cpuMs = 100) =>
  Array.from({ length: many }, (_, index) => ({ at: from + index * 10_000, value: part(cpuMs) }))
const read = (resolution: (typeof resolutions)[number], from: number, to: number) =>
  readSlots(path, shape, resolution, { from, to })

test('what was written is read, oldest first, and no more than was asked for', () => {
  writeSlots(path, shape, slots(start, 12))
  expect(read(tenSeconds, start + 20_000, start + 50_000).map(({ at }) => at - start)).toEqual([
    20_000, 30_000, 40_000,
  ])
  expect(read(tenSeconds, start - 60_000, start)).toEqual([])
})

test('coarse slots are the sum of the fine ones', () => {
  writeSlots(path, shape, slots(start, 60))
  const minutes = read(minute, start, start + 600_000)
  expect(minutes).toHaveLength(10)
  expect(minutes[0]?.value).toMatchObject({ coveredMs: 60_000, cpuMs: 600 })
  expect(read(tenMinutes, start, start + 600_000)).toEqual([
    { at: start, value: expect.objectContaining({ coveredMs: 600_000, cpuMs: 6_000 }) },
  ])
})

test('a minute that is written in parts, by one worker after the other, is whole in the end', () => {
  writeSlots(path, shape, slots(start, 2))
  writeSlots(path, shape, slots(start + 20_000, 1))
  writeSlots(path, shape, slots(start + 50_000, 1))
  expect(read(minute, start, start + 60_000)[0]?.value).toMatchObject({ coveredMs: 40_000, cpuMs: 400 })
  expect(read(tenMinutes, start, start + 60_000)[0]?.value).toMatchObject({ coveredMs: 40_000 })
})

test('after a whole round, the old is gone, and the file has not grown', async () => {
  writeSlots(path, shape, slots(start, 720))
  writeSlots(path, shape, slots(start + 720 * 10_000, 3, 500))
  expect(read(tenSeconds, start, start + 30_000)).toEqual([])
  expect(read(tenSeconds, start + 7_200_000, start + 7_230_000)).toHaveLength(3)
  expect(read(minute, start, start + 60_000)).toHaveLength(1)
  for (let day = 0; day < 40; day += 1) writeSlots(path, shape, slots(start + day * 86_400_000, 6))
  expect((await stat(path)).size).toBeLessThanOrEqual(ringBytes(shape))
  expect(ringBytes(shape)).toBe(7_920 * usageCodec.bytes)
})

test('a range that is longer than the ring is what the ring holds', () => {
  writeSlots(path, shape, slots(start, 720))
  const found = read(tenSeconds, start - 86_400_000, start + 7_200_000)
  expect(found).toHaveLength(720)
  expect(found[0]?.at).toBe(start)
})

test('a range that goes round the end of the ring is read in order', () => {
  const before = Math.ceil(start / (720 * 10_000)) * 720 * 10_000 - 30_000
  writeSlots(path, shape, slots(before, 6))
  expect(read(tenSeconds, before, before + 60_000).map(({ at }) => (at - before) / 10_000)).toEqual([
    0, 1, 2, 3, 4, 5,
  ])
})

test('a clock that is set back writes over what was to come, and shows none of it', () => {
  writeSlots(path, shape, slots(start + 600_000, 6, 900))
  writeSlots(path, shape, slots(start, 6, 100))
  const found = read(tenSeconds, start, start + 60_000)
  expect(found).toHaveLength(6)
  expect(new Set(found.map(({ value }) => value.cpuMs))).toEqual(new Set([100]))
})

test('what was damaged is missing, and nothing else; writing goes on', async () => {
  writeSlots(path, shape, slots(start, 6))
  const bytes = await readFile(path)
  const damaged = ((start / 10_000) % 720) * usageCodec.bytes + usageCodec.bytes + 20
  bytes[damaged] = (bytes[damaged] ?? 0) ^ 0xff
  await writeFile(path, bytes)
  expect(read(tenSeconds, start, start + 60_000).map(({ at }) => (at - start) / 10_000)).toEqual([
    0, 2, 3, 4, 5,
  ])
  writeSlots(path, shape, slots(start + 10_000, 1))
  expect(read(tenSeconds, start, start + 60_000)).toHaveLength(6)
})

test('a file that was cut off, or is something else, holds what it holds', async () => {
  writeSlots(path, shape, slots(start, 6))
  await truncate(path, ((start / 10_000) % 720) * usageCodec.bytes + usageCodec.bytes * 2 + 5)
  expect(read(tenSeconds, start, start + 60_000)).toHaveLength(2)
  await writeFile(path, 'x'.repeat(100_000))
  expect(read(tenSeconds, start, start + 60_000)).toEqual([])
})

test('no file is no figures', () => {
  expect(read(minute, start, start + 60_000)).toEqual([])
})
