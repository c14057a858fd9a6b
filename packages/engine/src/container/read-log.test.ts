import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepWritten } from './log-files.ts'
import { formatRecord } from './log-lines.ts'
import { readLog } from './read-log.ts'

const at = new Date('2026-01-02T03:04:05.678Z')
const record = (text: string) => formatRecord('stdout', text, at)

describe('reading a log', () => {
  let directory: string
  let path: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'berth-read-log-'))
    path = join(directory, 'c.log')
  })
  afterEach(() => rm(directory, { recursive: true }))

  /** As conmon does where the file is full. */
  const beginAnew = async (content: string) => {
    await writeFile(`${path}.tmp`, content)
    await rename(`${path}.tmp`, path)
  }
  const rotate = async (files: number) => {
    await keepWritten(path, { maxBytes: 1_000_000, maxFiles: files - 1 })
    await beginAnew('')
  }

  const read = async (query: { tail?: number; since?: Date } = {}) => {
    const lines: string[] = []
    const whole = { follow: false, tail: null, since: null, ...query }
    for await (const line of readLog(path, whole, () => true)) lines.push(line.text)
    return lines
  }

  test('a log that was never written is empty', async () => {
    expect(await read()).toEqual([])
    expect(await read({ tail: 5 })).toEqual([])
  })

  test('pieces of one line are joined, per stream, and a character split between them is whole', async () => {
    const word = Buffer.from('übel')
    await writeFile(
      path,
      Buffer.concat([
        Buffer.from('2026-01-02T03:04:05.678901234+00:00 stdout P '),
        word.subarray(0, 1),
        Buffer.from('\n2026-01-02T03:04:05.678901234+00:00 stderr F other\n'),
        Buffer.from('2026-01-02T03:04:05.678901234+00:00 stdout F '),
        word.subarray(1),
        Buffer.from('\n'),
      ]),
    )
    expect(await read()).toEqual(['other', 'übel'])
  })

  test('what was printed without an end of line is told at the end', async () => {
    await writeFile(path, '2026-01-02T03:04:05.678901234+00:00 stdout P prompt> \n')
    expect(await read()).toEqual(['prompt> '])
  })

  test('a line without end comes out in bounded pieces', async () => {
    const piece = `2026-01-02T03:04:05Z stdout P ${'x'.repeat(8192)}\n`
    await writeFile(path, piece.repeat(20))
    const lines = await read()
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.join('').length).toBe(20 * 8192)
  })

  test('what is no record is passed over', async () => {
    await writeFile(path, `garbage\n\0\0\0\n${record('kept')}`)
    expect(await read()).toEqual(['kept'])
  })

  test('a tail reaches back over rotated files and over chunks', async () => {
    const numbered = (from: number, count: number) =>
      Array.from({ length: count }, (_each, index) => record(`line ${from + index}`)).join('')
    await writeFile(path, numbered(0, 5000))
    await rotate(3)
    await writeFile(path, numbered(5000, 3))
    expect(await read({ tail: 2 })).toEqual(['line 5001', 'line 5002'])
    expect(await read({ tail: 5 })).toEqual([4998, 4999, 5000, 5001, 5002].map((each) => `line ${each}`))
    expect((await read({ tail: 4000 }))[0]).toBe('line 1003')
    expect(await read()).toHaveLength(5003)
  })

  test('the oldest file goes when there are as many as may be', async () => {
    for (const text of ['one', 'two', 'three', 'four']) {
      await rotate(3)
      await writeFile(path, record(text))
    }
    expect(await read()).toEqual(['two', 'three', 'four'])
  })

  test('a follower loses nothing when the log is rotated, even twice', async () => {
    let over = false
    const lines: string[] = []
    await writeFile(path, record('a'))
    const reading = (async () => {
      for await (const line of readLog(path, { follow: true, tail: null, since: null }, () => over)) {
        lines.push(line.text)
      }
    })()
    await expect.poll(() => lines).toEqual(['a'])
    await rotate(5)
    await appendFile(`${path}.1`, record('b'))
    await writeFile(path, record('c'))
    await rotate(5)
    await writeFile(path, record('d'))
    await expect.poll(() => lines, { timeout: 3000 }).toEqual(['a', 'b', 'c', 'd'])
    await appendFile(path, record('e'))
    over = true
    await reading
    expect(lines).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('a follower whose file is gone goes on with what was written later, and repeats nothing', async () => {
    const dated = (text: string, second: number) =>
      formatRecord('stdout', text, new Date(at.getTime() + second * 1000))
    let over = false
    const lines: string[] = []
    await writeFile(path, dated('a', 1))
    await keepWritten(path, { maxBytes: 1_000_000, maxFiles: 3 })
    await beginAnew(dated('b', 2))
    const reading = (async () => {
      for await (const line of readLog(path, { follow: true, tail: null, since: null }, () => over)) {
        lines.push(line.text)
      }
    })()
    await expect.poll(() => lines).toEqual(['a', 'b'])
    // Nobody came to keep b.
    await beginAnew(dated('c', 3))
    await expect.poll(() => lines, { timeout: 3000 }).toEqual(['a', 'b', 'c'])
    over = true
    await reading
    expect(lines).toEqual(['a', 'b', 'c'])
  })

  test('a follower reads in order, and nothing twice, while the files take other names under it', async () => {
    const most = 4_000
    let over = false
    const found: number[] = []
    const reading = (async () => {
      for await (const { text } of readLog(path, { follow: true, tail: null, since: null }, () => over))
        found.push(Number(text))
    })()
    for (let number = 1; number <= most; number += 1) {
      await appendFile(path, formatRecord('stdout', String(number), new Date(at.getTime() + number)))
      if (number % 2 === 0 && number < most) await rotate(6)
    }
    over = true
    await reading
    expect(found.filter((number, index) => number <= (found[index - 1] ?? 0))).toEqual([])
    expect(found.at(-1)).toBe(most)
  })

  test('a file that has two names is read once', async () => {
    await writeFile(path, record('once'))
    await keepWritten(path, { maxBytes: 1_000_000, maxFiles: 3 })
    expect(await read()).toEqual(['once'])
    expect(await read({ tail: 5 })).toEqual(['once'])
  })
})
