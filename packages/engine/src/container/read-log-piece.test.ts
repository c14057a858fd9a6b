import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatRecord } from './log-lines.ts'
import { type LogPlace, readLogPiece } from './read-log-piece.ts'

let directory: string
let path: string
let clock: number
beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-log-piece-`)
  path = `${directory}/c.log`
  clock = Date.parse('2026-11-22T10:00:00Z')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const record = (text: string) => {
  clock += 1
  return formatRecord('stdout', text, new Date(clock))
}
const part = (text: string, stream = 'stdout') => record(text).replace('stdout F', `${stream} P`)
const print = (...records: string[]) => appendFile(path, records.join(''))

/** Everything behind a place, as whoever keeps places reads it. */
async function rest(from: LogPlace | null, { maxBytes = 1_000, isOver = false } = {}) {
  const texts: string[] = []
  let place = from
  let gaps = 0
  for (let turns = 0; turns < 1_000; turns += 1) {
    const found = await readLogPiece(path, place, { maxBytes, isOver })
    if (found === undefined) return { texts, place, gaps }
    texts.push(...found.piece.lines.map(({ text }) => text))
    place = found.next
    if (found.gap) gaps += 1
  }
  throw new Error('it does not come to an end')
}

describe('a log read piece by piece', () => {
  test('has every line once, wherever one stopped', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `line ${index} ${'x'.repeat(index % 40)}`)
    await print(...texts.slice(0, 60).map(record))
    const first = await rest(null, { maxBytes: 200 })
    await print(...texts.slice(60).map(record))
    const second = await rest(first.place)
    expect([...first.texts, ...second.texts]).toEqual(texts)
    expect((await rest(second.place)).texts).toEqual([])
  })

  test('goes over from file to file as they are rotated', async () => {
    await print(record('one'))
    const { place } = await rest(null)
    await print(record('two'))
    await rename(path, `${path}.2`)
    await writeFile(path, record('three'))
    await rename(path, `${path}.1`)
    await writeFile(path, '')
    const { texts, place: next, gaps } = await rest(place)
    expect(texts).toEqual(['two', 'three'])
    expect(gaps).toBe(0)
    await print(record('four'))
    expect((await rest(next)).texts).toEqual(['four'])
  })

  test('says where lines are missing, because the file that it was in is gone', async () => {
    await print(record('one'), record('two'))
    const { place } = await rest(null)
    await rm(path)
    await writeFile(`${directory}/other`, '')
    await print(record('nine'))
    const { texts, gaps } = await rest(place)
    expect(texts).toEqual(['nine'])
    expect(gaps).toBe(1)
  })

  test('waits for the rest of a line, and takes it as it is once nobody writes any more', async () => {
    await print(record('whole'), part('half of '))
    const { texts, place } = await rest(null)
    expect(texts).toEqual(['whole'])
    await print(record('a line'), part('the last'))
    const after = await rest(place)
    expect(after.texts).toEqual(['half of a line'])
    expect((await rest(after.place, { isOver: true })).texts).toEqual(['the last'])
  })

  test('a prompt without an end of line holds up no line of the other stream', async () => {
    await print(part('name? ', 'stderr'), record('goes on'))
    const { texts, place } = await rest(null)
    expect(texts).toEqual(['goes on', 'name? '])
    await print(record('and on'))
    expect((await rest(place)).texts).toEqual(['and on'])
  })

  test('a line in pieces stays whole although the other stream prints in between', async () => {
    await print(record('one'), part('out '), record('put').replace('stdout', 'stderr'), record('both'))
    expect((await rest(null)).texts).toEqual(['one', 'put', 'out both'])
  })

  test('a line behind one that is not complete comes once', async () => {
    await print(record('one'), part('out '), record('put').replace('stdout', 'stderr'))
    const { texts, place } = await rest(null)
    expect(texts).toEqual(['one', 'put', 'out '])
    await print(record('both'))
    expect((await rest(place)).texts).toEqual(['both'])
  })

  test('is not held up by a line without an end, nor by what is no record', async () => {
    await print(
      'not a record\n',
      ...Array.from({ length: 20 }, () => part('x'.repeat(100))),
      record('end'),
      record('next'),
    )
    const { texts } = await rest(null, { maxBytes: 600 })
    expect(texts.at(-1)).toBe('next')
  })

  test('there is none', async () => {
    expect(await readLogPiece(path, null, { maxBytes: 100, isOver: true })).toBeUndefined()
    await writeFile(path, '')
    expect(await readLogPiece(path, null, { maxBytes: 100, isOver: true })).toBeUndefined()
  })
})
