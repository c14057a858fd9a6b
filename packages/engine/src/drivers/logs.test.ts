import { existsSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logPieces } from '../container/log-files.ts'
import type { Engine } from '../engine.ts'
import {
  type EngineHome,
  linesOf,
  makeEngineHome,
  removeEngineHome,
  shellSpec,
} from '../testing/engine-home.ts'
import { openHostEngine } from './host-engine.ts'

let home: EngineHome
let engine: Engine

beforeAll(async () => {
  home = await makeEngineHome()
  engine = await openHostEngine(home)
})
afterAll(async () => {
  await engine.close()
  await removeEngineHome(home)
})

const bounds = { maxBytes: 100_000, maxFiles: 3 }
const most = bounds.maxBytes * bounds.maxFiles
const lines = 40_000

/** Some 4 MB, of which each line says its number. */
const flood = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo "$i ${'x'.repeat(60)}"; done`

const start = async (name: string) => {
  const log = { directory: `${home.home}/logs-of-${name}`, ...bounds }
  const { id, pid } = await engine.containers.start(
    (await engine.containers.create(shellSpec(home, flood, { name, log, network: 'none' }))).id,
  )
  return { id, pid: pid ?? 0, directory: log.directory }
}

/** What all files of a log take together, each counted once. */
function sizeOf(directory: string): number {
  const sizes = new Map<number, number>()
  for (const name of readdirSync(directory)) {
    const stats = statSync(`${directory}/${name}`, { throwIfNoEntry: false })
    if (stats !== undefined) sizes.set(stats.ino, stats.size)
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

async function largestWhile(directory: string, goesOn: () => boolean): Promise<number> {
  let largest = 0
  while (goesOn()) {
    largest = Math.max(largest, sizeOf(directory))
    await pause(2)
  }
  return Math.max(largest, sizeOf(directory))
}

const numbers = (texts: readonly string[]) => texts.map((text) => Number(text.split(' ')[0]))

function expectOrder(found: readonly number[]): void {
  expect(found.filter((number, index) => index > 0 && number <= (found[index - 1] ?? 0))).toEqual([])
  expect(found.at(-1)).toBe(lines)
}

test('a flood takes no more than was asked for, and who follows reads it in order to its end', async () => {
  const { id, directory } = await start('flood')
  let over = false
  const following = linesOf(engine, id, true)
  const exit = engine.containers.wait(id).finally(() => (over = true))
  expect(await largestWhile(directory, () => !over)).toBeLessThanOrEqual(most)
  expect((await exit).code).toBe(0)
  expectOrder(numbers((await following).map(({ text }) => text)))

  const kept = numbers((await linesOf(engine, id)).map(({ text }) => text))
  expectOrder(kept)
  // At least the file that was just full, while it was being filled again.
  expect(kept.length).toBeGreaterThan(logPieces(bounds).fillBytes / 120)
})

test('nor does one that nobody looks after, because no engine is open', async () => {
  const { pid, directory } = await start('alone')
  await engine.close()
  const largest = await largestWhile(directory, () => existsSync(`/proc/${pid}/root`))
  engine = await openHostEngine(home)
  expect(largest).toBeLessThanOrEqual(most)
  const { id } = await engine.containers.get('alone')
  expect((await engine.containers.wait(id)).code).toBe(0)
  expectOrder(numbers((await linesOf(engine, id)).map(({ text }) => text)))
})

test('nor do many runs', async () => {
  const { id, directory } = await start('often')
  await engine.containers.wait(id)
  for (let run = 0; run < 3; run += 1) {
    await engine.containers.start(id)
    await engine.containers.wait(id)
    expect(sizeOf(directory)).toBeLessThanOrEqual(most)
  }
})
