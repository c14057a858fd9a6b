import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppLogLine, LogPage } from './app-log-line.ts'
import { type AppLogs, openAppLogs } from './app-logs.ts'
import { everything } from './log-filter.ts'
import type { NewLogLine } from './log-record.ts'

let directory: string
let logs: AppLogs
let reports: string[]
const appId = 'a1'
const open = (maxBytes = 100_000, maxAgeMs = 60_000) => {
  reports = []
  const report = (doing: string, error: unknown) => void reports.push(`${doing}: ${error}`)
  logs = openAppLogs(directory, { maxBytes, maxAgeMs, report })
}

beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-app-log-`)
  open()
})
afterEach(async () => {
  await logs.close()
  expect(reports).toEqual([])
  await rm(directory, { recursive: true, force: true })
})

const line = (text: string, rest: Partial<NewLogLine> = {}): NewLogLine => ({
  atMs: Date.now(),
  source: 'app',
  instance: 'web.1',
  release: 1,
  stream: 'stdout',
  text,
  ...rest,
})
const write = (...texts: string[]) =>
  logs.append(
    appId,
    texts.map((text) => line(text)),
  )
const never = new AbortController().signal

async function all(lines: AsyncIterable<AppLogLine>): Promise<AppLogLine[]> {
  const found: AppLogLine[] = []
  for await (const each of lines) found.push(each)
  return found
}

const read = (query: Partial<Parameters<AppLogs['follow']>[1]> = {}) =>
  logs
    .follow(appId, { follow: false, tail: 10_000, after: null, filter: everything, ...query }, never)
    .then(all)

describe('the log of an app', () => {
  test('has every line as it was, numbered', async () => {
    const odd = [
      '',
      ' ',
      'tab\there',
      'bell \u0007 and \u001b[31mred',
      'ümläut € 🔑',
      '@not a mark',
      '12 ao x 1 y',
      '\r',
      '\0',
    ]
    const given = odd.map((text, index) =>
      line(text, { atMs: 1_000 + index, stream: index % 2 ? 'stderr' : 'stdout' }),
    )
    expect(logs.append(appId, given)).toBe(true)
    const found = await read()
    expect(found.map(({ text }) => text)).toEqual(odd)
    expect(found.map(({ number }) => number)).toEqual(odd.map((_, index) => index + 1))
    expect(found[1]).toEqual({
      ...{ number: 2, at: new Date(1_001).toISOString(), source: 'app', instance: 'web.1' },
      ...{ release: 1, stream: 'stderr', text: ' ' },
    })
  })

  test('cuts a huge line, and makes one of several', async () => {
    write('x'.repeat(1_000_000), 'two\nlines')
    const [huge, two] = await read()
    expect(huge?.text.length).toBeLessThan(16_500)
    expect(huge?.text).toMatch(/ … \(983616 more characters\)$/)
    expect(two?.text).toBe('two lines')
  })

  test('goes on with its numbers and marks after a restart, a torn line left out', async () => {
    logs.append(
      appId,
      [line('one'), line('two')],
      [
        { key: 'c1', value: '5 6' },
        { key: 'c2', value: 'x' },
      ],
    )
    logs.append(appId, [], [{ key: 'c2', value: null }])
    const [file] = await readdir(`${directory}/${appId}`)
    await appendFile(`${directory}/${appId}/${file}`, '17000 ao web.1 1 tor')
    open()
    expect([...logs.marks(appId)]).toEqual([['c1', '5 6']])
    write('three')
    expect((await read()).map(({ number, text }) => `${number} ${text}`)).toEqual([
      '1 one',
      '2 two',
      '3 three',
    ])
  })

  test('keeps the newest within its size, and marks whatever goes', async () => {
    logs.append(appId, [], [{ key: 'c1', value: 'here' }])
    for (let number = 0; number < 2_000; number += 1)
      write(`line ${number} ${Math.random()} ${'x'.repeat(100)}`)
    await logs.close()
    logs.prune()
    const bytes = await sizeOf()
    expect(bytes).toBeLessThanOrEqual(100_000 + 13_000)
    const found = await read()
    expect(found.at(-1)).toMatchObject({ number: 2_000, text: expect.stringMatching(/^line 1999 /) })
    expect(found.map(({ number }) => number)).toEqual(
      found.map((_, index) => index + (found[0]?.number ?? 0)),
    )
    open()
    expect(logs.marks(appId).get('c1')).toBe('here')
    expect(logs.nextNumber(appId)).toBe(2_001)
  })

  test('forgets what is older than its age, and never its numbers', async () => {
    write('old')
    const later = Date.now() + 61_000
    logs.prune(later)
    await logs.close()
    logs.prune(later + 61_000)
    expect(await read()).toEqual([])
    open()
    write('new')
    expect(await read()).toMatchObject([{ number: 2, text: 'new' }])
  })

  test('a piece that a crash has left both packed and not is read once', async () => {
    for (let number = 0; number < 300; number += 1) write(`${number} ${'x'.repeat(100)}`)
    await logs.close()
    const packed = (await readdir(`${directory}/${appId}`)).find((name) => name.endsWith('.zst')) ?? ''
    await writeFile(`${directory}/${appId}/${packed.replace('.zst', '')}`, 'half of it')
    await writeFile(`${directory}/${appId}/${packed}.tmp`, 'half of it')
    open()
    expect((await read()).map(({ number }) => number)).toEqual(
      Array.from({ length: 300 }, (_, index) => index + 1),
    )
  })

  test('a piece that lies broken on the disk costs what is in it, and nothing else', async () => {
    for (let number = 0; number < 300; number += 1) write(`${number} ${'x'.repeat(100)}`)
    await logs.close()
    const plain = (await readdir(`${directory}/${appId}`)).find((name) => name.endsWith('.log')) ?? ''
    await truncate(`${directory}/${appId}/${plain}`, 0)
    open()
    write('after')
    expect((await read()).at(-1)?.text).toBe('after')
  })
})

describe('pages', () => {
  test('lead back to the beginning, over packed pieces', async () => {
    for (let number = 1; number <= 500; number += 1) write(`line ${number} ${'x'.repeat(60)}`)
    const found: number[] = []
    let before: number | null = null
    do {
      const page = await logs.page(appId, { before, after: null, limit: 70, filter: everything }, never)
      expect(page.lines.map(({ number }) => number)).toEqual(
        page.lines.map(({ number }) => number).toSorted((a, b) => a - b),
      )
      found.unshift(...page.lines.map(({ number }) => number))
      before = page.before
    } while (before !== null)
    expect(found).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  })

  test('lead on to the end, over packed pieces', async () => {
    for (let number = 1; number <= 500; number += 1) write(`line ${number} ${'x'.repeat(60)}`)
    const found: number[] = []
    let after: number | null = 120
    do {
      const page: LogPage = await logs.page(
        appId,
        { before: null, after, limit: 70, filter: everything },
        never,
      )
      found.push(...page.lines.map(({ number }) => number))
      after = page.after
    } while (after !== null)
    expect(found).toEqual(Array.from({ length: 380 }, (_, index) => index + 121))
  })

  test('hold what is wanted alone', async () => {
    const at = Date.parse('2026-11-22T10:00:00Z')
    logs.append(appId, [
      line('GET /a', { atMs: at, source: 'router', instance: 'router', release: null }),
      line('An Error', { atMs: at + 1_000, instance: 'web.2', stream: 'stderr' }),
      line('fine', { atMs: at + 2_000, instance: 'worker.1', release: 2 }),
      line('web.1 crashed', { atMs: at + 3_000, source: 'berth' }),
    ])
    const texts = async (filter: Partial<typeof everything>) =>
      (
        await logs.page(
          appId,
          { before: null, after: null, limit: 10, filter: { ...everything, ...filter } },
          never,
        )
      ).lines.map(({ text }) => text)
    expect(await texts({ source: 'router' })).toEqual(['GET /a'])
    expect(await texts({ instance: 'web.2' })).toEqual(['An Error'])
    expect(await texts({ process: 'web' })).toEqual(['An Error', 'web.1 crashed'])
    expect(await texts({ release: 2 })).toEqual(['fine'])
    expect(await texts({ only: ['web.2', 'worker', 'router'] })).toEqual(['GET /a', 'An Error', 'fine'])
    expect(await texts({ stream: 'stderr' })).toEqual(['An Error'])
    expect(await texts({ search: 'eRROR' })).toEqual(['An Error'])
    expect(await texts({ grep: '^(GET|fine)' })).toEqual(['GET /a', 'fine'])
    expect(await texts({ since: new Date(at + 1_500).toISOString() })).toEqual(['fine', 'web.1 crashed'])
    expect(await texts({ until: new Date(at + 500).toISOString() })).toEqual(['GET /a'])
  })

  test('that take too long say where to look on', async () => {
    await logs.close()
    const report = () => undefined
    logs = openAppLogs(directory, {
      maxBytes: 1e6,
      maxAgeMs: 1e6,
      report,
      search: { pageMs: -1, pageBytes: 1e6, atOnce: 1 },
    })
    write('needle', ...Array.from({ length: 50 }, () => 'hay'))
    const page = await logs.page(
      appId,
      { before: null, after: null, limit: 10, filter: { ...everything, search: 'needle' } },
      never,
    )
    expect(page).toEqual({ lines: [], before: 52, after: null })
  })
})

describe('a follower', () => {
  test('gets what was there, then what comes, each once and in order', async () => {
    for (let number = 1; number <= 100; number += 1) write(`${number}`)
    const leaving = new AbortController()
    const found: string[] = []
    const query = { follow: true, tail: 50, after: null, filter: everything }
    for await (const { text } of await logs.follow(appId, query, leaving.signal)) {
      found.push(text)
      if (found.length >= 50 && found.length < 1_000) write(`${found.length + 51}`)
      if (found.length === 1_000) leaving.abort()
    }
    expect(found).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index + 51}`))
  })

  test('with a pattern that cannot be is refused before anything is read', async () => {
    const filter = { ...everything, grep: '(?=a)' }
    const query = { follow: true, tail: 10, after: null, filter }
    await expect(logs.follow(appId, query, never)).rejects.toMatchObject({ code: 'LOG.BAD_PATTERN' })
  })

  test('that comes back misses nothing', async () => {
    write('one', 'two', 'three')
    expect((await read({ after: 1 })).map(({ text }) => text)).toEqual(['two', 'three'])
  })

  test('that is far behind gets on with what is left', async () => {
    const leaving = new AbortController()
    const place = logs.next(appId, 0, { lines: 10, bytes: 1e6 }, leaving.signal)
    for (let number = 1; number <= 3_000; number += 1) write(`${number} ${Math.random()} ${'x'.repeat(100)}`)
    await logs.close()
    const first = await place
    expect(first.lines.length).toBeGreaterThan(0)
    const next = await logs.next(appId, 10, { lines: 10, bytes: 1e6 }, leaving.signal)
    expect(next.lost).toBeGreaterThan(0)
    expect(next.lines[0]?.number).toBe(11 + next.lost)
  })

  test('goes when its time is over', async () => {
    const until = new Date(Date.now() + 50).toISOString()
    write('now')
    expect(await read({ follow: true, filter: { ...everything, until } })).toHaveLength(1)
  })

  test('is nobody any more once it has left', async () => {
    const leaving = new AbortController()
    const following = all(
      await logs.follow(appId, { follow: true, tail: 0, after: null, filter: everything }, leaving.signal),
    )
    await expect.poll(() => logs.isFollowed(appId)).toBe(true)
    leaving.abort()
    await following
    expect(logs.isFollowed(appId)).toBe(false)
  })
})

test('what was told to nobody’s disk is not there in part', async () => {
  write('before')
  await logs.close()
  const [file = ''] = await readdir(`${directory}/${appId}`)
  expect((await readFile(`${directory}/${appId}/${file}`, 'utf8')).split('\n')).toHaveLength(2)
})

async function sizeOf(): Promise<number> {
  const { statSync } = await import('node:fs')
  const names = await readdir(`${directory}/${appId}`)
  return names.reduce((sum, name) => sum + statSync(`${directory}/${appId}/${name}`).size, 0)
}
