import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logKeeper, nextLookMs } from './keep-logs.ts'
import { beginLog, keepWritten, logFiles, logPieces } from './log-files.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-keep-logs-'))
  path = join(directory, 'c.log')
})
afterEach(() => rmSync(directory, { recursive: true }))

const bounds = { maxBytes: 8_000, maxFiles: 3 }

test.each([
  { maxBytes: 10_485_760, maxFiles: 5 },
  { maxBytes: 1_000, maxFiles: 1 },
  { maxBytes: 4_096, maxFiles: 500 },
  { maxBytes: 1_000, maxFiles: 0 },
])(
  '%j: as many files as there may be, each as full as it may be, are no more than was asked for',
  (given) => {
    const { files, keepBytes, fillBytes } = logPieces(given)
    expect(files * (keepBytes + fillBytes)).toBeLessThanOrEqual(given.maxBytes * Math.max(given.maxFiles, 1))
    expect(files).toBeGreaterThan(1)
  },
)

test('a run goes on in the file of the one before, unless that is too full for another filling', async () => {
  const { keepBytes } = logPieces(bounds)
  writeFileSync(path, 'x'.repeat(keepBytes))
  await beginLog(path, bounds)
  expect(existsSync(path)).toBe(true)
  writeFileSync(path, 'x'.repeat(keepBytes + 1))
  await beginLog(path, bounds)
  expect(existsSync(path)).toBe(false)
  expect(readFileSync(`${path}.1`, 'utf8')).toHaveLength(keepBytes + 1)
})

test('never more files than there may be, however many runs there are', async () => {
  for (let run = 1; run <= 10; run += 1) {
    writeFileSync(path, `${run}`.padEnd(5_000))
    await beginLog(path, bounds)
  }
  expect((await logFiles(path)).map((file) => Number(readFileSync(file.path, 'utf8')))).toEqual([8, 9, 10])
})

test('the file that conmon writes next is there before a disk without free inodes keeps it from being made', async () => {
  writeFileSync(path, 'x')
  await keepWritten(path, bounds)
  expect(readFileSync(`${path}.tmp`, 'utf8')).toBe('')
})

test('a log is looked at the more often, the faster it grows', () => {
  const seen = (inode: number, sizeBytes: number, atMs: number) => ({
    file: { path, inode, sizeBytes },
    atMs,
  })
  const after = (before: ReturnType<typeof seen>, now: ReturnType<typeof seen>) =>
    nextLookMs(before, now, 8_000)
  expect(after(seen(1, 0, 0), seen(1, 0, 2_000))).toBe(2_000)
  // A tenth of a quarter in a second: a quarter in ten.
  expect(after(seen(1, 0, 0), seen(1, 200, 1_000))).toBe(10_000)
  expect(after(seen(1, 0, 0), seen(1, 4_000, 1_000))).toBe(500)
  expect(after(seen(1, 100, 0), seen(2, 100, 1_000))).toBe(250)
  expect(after(seen(1, 100, 0), seen(2, 100, 1))).toBe(10)
})

test('a log that is forgotten while it is looked at is not looked at again', async () => {
  const keeper = logKeeper()
  writeFileSync(path, 'x')
  const look = keeper.look(path, bounds)
  keeper.forget(path)
  await look
  rmSync(`${path}.1`)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(existsSync(`${path}.1`)).toBe(false)
  await keeper.look(path, bounds)
  expect(existsSync(`${path}.1`)).toBe(true)
  keeper.close()
})
