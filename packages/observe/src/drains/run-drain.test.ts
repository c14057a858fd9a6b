import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createPlain, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AppLogs, openAppLogs } from '../app-log/app-logs.ts'
import { syslogSender } from '../drivers/send-syslog.ts'
import type { DrainSender } from './drain-sender.ts'
import { drainError } from './errors.ts'
import { type DrainState, runDrain } from './run-drain.ts'

let directory: string
let logs: AppLogs
let stopping: AbortController
let running: Promise<void>
let place: number | null
let state: DrainState

beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-drain-`)
  logs = openAppLogs(directory, { maxBytes: 100_000, maxAgeMs: 1e9, report: () => undefined })
  stopping = new AbortController()
  place = 0
  state = { id: 'd', sentLines: 0, lostLines: 0, waitingLines: 0, lastSentAt: null, problem: null }
})
afterEach(async () => {
  stopping.abort()
  await running
  await logs.close()
  await rm(directory, { recursive: true, force: true })
})

const write = (...texts: string[]) =>
  logs.append(
    'a',
    texts.map((text) => ({
      ...{
        atMs: Date.now(),
        source: 'app' as const,
        instance: 'web.1',
        release: 1,
        stream: 'stdout' as const,
        text,
      },
    })),
  )

function start(openSender: (after: number) => DrainSender): void {
  running = runDrain({
    ...{ appId: 'a', appLogs: logs, state, signal: stopping.signal, openSender },
    places: {
      read: () => place,
      write: (after) => {
        place = after
      },
    },
    backOff: () => 5,
  })
}

/** What takes each batch, unless `fails` says otherwise. */
function taking(fails: (attempt: number) => Error | null = () => null) {
  const got: string[] = []
  let attempts = 0
  const open = (after: number): DrainSender => {
    let confirmed = after
    return {
      async send(lines) {
        attempts += 1
        const error = fails(attempts)
        if (error) throw error
        got.push(...lines.map(({ text }) => text))
        confirmed = lines.at(-1)?.number ?? confirmed
      },
      confirmed: () => confirmed,
      doubt: () => new AbortController().signal,
      close: async () => undefined,
    }
  }
  return { got, open }
}

describe('a drain', () => {
  test('gets every line once, in order, and goes on where it was', async () => {
    const { got, open } = taking()
    write('one', 'two')
    start(open)
    await expect.poll(() => got).toEqual(['one', 'two'])
    write('three')
    await expect.poll(() => got).toEqual(['one', 'two', 'three'])
    stopping.abort()
    await running
    expect(place).toBe(3)
    write('four')
    stopping = new AbortController()
    start(open)
    await expect.poll(() => got.at(-1)).toBe('four')
    expect(got).toHaveLength(4)
  })

  test('that is new begins with what comes', async () => {
    place = null
    write('old')
    const { got, open } = taking()
    start(open)
    await expect.poll(() => place).toBe(1)
    write('new')
    await expect.poll(() => got).toEqual(['new'])
  })

  test('tries again until it is taken', async () => {
    const { got, open } = taking((attempt) =>
      attempt < 4 ? drainError['DRAIN.NOT_DELIVERED']({ host: 'x', reason: 'ECONNREFUSED' }) : null,
    )
    write('one', 'two')
    start(open)
    await expect.poll(() => got).toEqual(['one', 'two'])
    expect(state).toMatchObject({ sentLines: 2, lostLines: 0, problem: null })
  })

  test('is told how many lines it missed, where it was away longer than the log is kept', async () => {
    for (let number = 0; number < 3_000; number += 1) write(`${number} ${Math.random()} ${'x'.repeat(100)}`)
    await logs.close()
    logs.prune()
    const { got, open } = taking()
    start(open)
    await expect.poll(() => got.at(-1)).toMatch(/^2999 /)
    expect(got[0]).toMatch(/^\d+ lines are lost/)
    const lost = Number(got[0]?.split(' ')[0])
    expect(lost).toBeGreaterThan(0)
    expect(got[1]).toMatch(new RegExp(`^${lost} `))
    expect(got).toHaveLength(3_000 - lost + 1)
    expect(state).toMatchObject({ lostLines: lost, sentLines: 3_000 - lost })
  })

  test('leaves out what is refused for good, counts it, and goes on', async () => {
    write('poison')
    const refused = drainError['DRAIN.REFUSED']({ host: 'x', answer: '413 too large' })
    const { got, open } = taking((attempt) => (attempt <= 20 ? refused : null))
    start(open)
    await expect.poll(() => state.lostLines).toBe(1)
    write('good')
    await expect.poll(() => got).toEqual(['good'])
    expect(state).toMatchObject({ sentLines: 1, lostLines: 1 })
  })
})

describe('a syslog receiver that goes away', () => {
  let server: Server | undefined
  let port = 0
  let received = ''
  const sockets = new Set<Socket>()

  async function listen(): Promise<void> {
    server = createPlain((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        received += bytes
      })
    })
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
    port = (server?.address() as { port: number } | undefined)?.port ?? 0
  }
  async function leave(): Promise<void> {
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await closed
  }
  afterEach(async () => {
    stopping.abort()
    await running
    await leave()
  })

  test('gets everything when it is back, nothing missing', async () => {
    port = 0
    received = ''
    await listen()
    start((after) =>
      syslogSender(
        { kind: 'syslog', host: 'logs.test', port, tls: false, authority: null },
        { app: 'shop', after, addressOf: async () => '127.0.0.1' },
      ),
    )
    write('line 1')
    await expect.poll(() => received).toContain('line 1')
    await leave()
    for (let number = 2; number <= 50; number += 1) write(`line ${number}`)
    await expect.poll(() => state.problem?.message ?? '').toMatch(/not reached/)
    received = ''
    await listen()
    await expect.poll(() => received).toMatch(/line 50$/)
    const numbers = [...received.matchAll(/\] line (\d+?)(?=\d\d <134>|$)/g)].map(([, number]) =>
      Number(number),
    )
    // What was on its way when it left comes again.
    expect(new Set(numbers)).toEqual(new Set(Array.from({ length: 50 }, (_, index) => index + 1)))
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  })
})
