import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StageEvent } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { textLimit } from './stage-line.ts'
import { openStageLogs } from './stage-logs.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-stage-logs-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const line = (text: string): StageEvent => ({ kind: 'line', at: 1, step: null, stream: 'stdout', text })
const ended: StageEvent = { kind: 'ended', at: 2, outcome: 'succeeded', error: null, next: 'd1' }
const never = new AbortController().signal

async function all(events: AsyncIterable<StageEvent>): Promise<StageEvent[]> {
  const found: StageEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

describe('a stage log', () => {
  test('gives back what was told, in order, to the one who comes late', async () => {
    const logs = openStageLogs(directory)
    const sink = logs.sink('b1')
    sink(line('one'))
    sink(line('two'))
    sink(ended)
    expect(await all(logs.follow('b1', 0, never))).toEqual([line('one'), line('two'), ended])
    expect(await all(logs.follow('b1', 1, never))).toEqual([line('two'), ended])
    expect(await logs.hasEnded('b1')).toBe(true)
  })

  test('keeps of a transfer one event a second, and its end', async () => {
    const logs = openStageLogs(directory)
    const sink = logs.sink('b1')
    const progress = (at: number, doneBytes: number): StageEvent => ({
      kind: 'progress',
      at,
      step: '0.0',
      what: 'layer',
      doneBytes,
      ofBytes: 90,
    })
    const told = [progress(0, 1), progress(250, 2), progress(999, 3), progress(1_000, 4), progress(1_001, 90)]
    for (const event of [...told, ended]) sink(event)
    expect(await all(logs.follow('b1', 0, never))).toEqual([told[0], told[3], told[4], ended])
  })

  test('reads warnings as they were told before they had a rule, and as they are now', async () => {
    const logs = openStageLogs(directory)
    const warnings: StageEvent[] = [
      { kind: 'warning', at: 1, text: 'old' },
      { kind: 'warning', at: 1, text: 'new', rule: 'StageNameCasing', path: 'Dockerfile', line: 3 },
      { kind: 'reused', at: 1, steps: 2, of: 3, savedMs: null },
    ]
    for (const event of [...warnings, ended]) logs.append('b1', event)
    expect(await all(logs.follow('b1', 0, never))).toEqual([...warnings, ended])
  })

  test('reaches those who follow while it is told, and those who came before it began', async () => {
    const logs = openStageLogs(directory)
    const early = all(logs.follow('b1', 0, never))
    const sink = logs.sink('b1')
    sink(line('one'))
    const middle = all(logs.follow('b1', 0, never))
    await new Promise((resolve) => setTimeout(resolve, 5))
    sink(line('two'))
    sink(ended)
    expect(await early).toEqual([line('one'), line('two'), ended])
    expect(await middle).toEqual([line('one'), line('two'), ended])
  })

  test('ends a follower whose signal is aborted', async () => {
    const logs = openStageLogs(directory)
    const broken = new AbortController()
    const following = all(logs.follow('b1', 0, broken.signal))
    logs.append('b1', line('one'))
    setTimeout(() => broken.abort(), 5)
    expect((await following).length).toBeLessThanOrEqual(1)
  })

  test('gives the end even to one who asks for more events than there are', async () => {
    const logs = openStageLogs(directory)
    logs.append('b1', ended)
    expect(await all(logs.follow('b1', 7, never))).toEqual([ended])
  })

  test('goes on after a crash, and says so once', async () => {
    const first = openStageLogs(directory)
    first.sink('b1')(line('one'))
    first.close()
    const second = openStageLogs(directory)
    const sink = second.sink('b1')
    second.sink('b1')
    sink(ended)
    const events = await all(second.follow('b1', 0, never))
    expect(events.map((event) => ('text' in event ? event.text : event.kind))).toEqual([
      'one',
      'Starting again: the worker was restarted',
      'ended',
    ])
  })

  test('skips the line that a crash left half written', async () => {
    const logs = openStageLogs(directory)
    logs.append('b1', line('one'))
    logs.close()
    await appendFile(join(directory, 'b1.ndjson'), '{"kind":"line","at":1,"st')
    const next = openStageLogs(directory)
    next.append('b1', ended)
    const events = await all(next.follow('b1', 0, never))
    expect(events.map((event) => event.kind)).toEqual(['line', 'section', 'ended'])
    expect(await all(next.follow('b1', 2, never))).toEqual([ended])
  })

  test('takes nothing more after the end', async () => {
    const logs = openStageLogs(directory)
    logs.append('b1', ended)
    logs.append('b1', line('late'))
    logs.sink('b1')(line('later'))
    expect(await all(logs.read('b1', 0))).toEqual([ended])
  })

  test('keeps its size: one warning, then only sections, steps and the end', async () => {
    const logs = openStageLogs(directory, { maxBytes: 1_000_000, maxLines: 10 })
    const sink = logs.sink('b1')
    for (let number = 0; number < 50; number += 1) sink(line(`line ${number}`))
    sink({ kind: 'section', at: 1, text: 'Starting' })
    sink(ended)
    const kinds = (await all(logs.read('b1', 0))).map((event) => event.kind)
    expect(kinds).toEqual([...Array(10).fill('line'), 'warning', 'section', 'ended'])
  })

  test('cuts a long line', async () => {
    const logs = openStageLogs(directory)
    logs.append('b1', line('x'.repeat(textLimit * 2)))
    const written = await readFile(join(directory, 'b1.ndjson'), 'utf8')
    expect(written.length).toBeLessThan(textLimit + 200)
    expect(written).toContain('more characters')
  })

  test('holds no queue for a slow reader: 20,000 lines wait in the file', async () => {
    const logs = openStageLogs(directory)
    const reader = logs.follow('b1', 0, never)[Symbol.asyncIterator]()
    const sink = logs.sink('b1')
    sink(line('first'))
    await reader.next()
    for (let number = 0; number < 20_000; number += 1) sink(line(`line ${number}`))
    sink(ended)
    let seen = 1
    for (let next = await reader.next(); !next.done; next = await reader.next()) seen += 1
    expect(seen).toBe(20_002)
  })

  test('tells its followers the end although the disk did not take it', async () => {
    const logs = openStageLogs(directory)
    const following = all(logs.follow('b1', 0, never))
    await rm(directory, { recursive: true })
    logs.append('b1', ended)
    expect(await following).toEqual([ended])
  })

  test('refuses an id that is no name of a file', () => {
    const logs = openStageLogs(directory)
    expect(() => logs.append('../b1', ended)).toThrow(TypeError)
  })

  test('removes what nobody has written to for long, and nothing that is open', async () => {
    const logs = openStageLogs(directory)
    logs.append('old', ended)
    logs.append('open', line('one'))
    expect(await logs.prune(-1_000)).toBe(1)
    expect(await logs.hasBegun('old')).toBe(false)
    expect(await logs.hasBegun('open')).toBe(true)
  })
})
