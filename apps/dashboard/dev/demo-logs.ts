import type { ServerResponse } from 'node:http'
import type { Database } from '@berth/database'
import { type BerthError, isBerthError, type Settings } from '@berth/domain'
import {
  type AppLogs,
  type Death,
  type DrainState,
  everything,
  type LogFilter,
  type NewLogLine,
  openAppLogs,
  openDrains,
  sayDeath,
} from '@berth/observe'
import { platformSealing } from '@berth/people'
import type { DemoIds } from './demo-records.ts'

/**
 * Logs as the worker keeps them, filled with invented lines: a day of them, and one or two a second as long as somebody looks.
 * So filters, patterns, pages and jumps are the real ones.
 */
export type DemoLogs = {
  /** True: it was answered. */
  answer(
    asked: { app: string; id: string; what: string | undefined; url: URL },
    response: ServerResponse,
  ): Promise<boolean>
  close(): Promise<void>
}

const hour = 60 * 60_000
const linesBefore = 9_000
const knownDeaths = new Map<string, Death[]>()

export function openDemoLogs(directory: string, instancesOf: (app: string) => string[]): DemoLogs {
  const logs = openAppLogs(directory, { maxBytes: 50e6, maxAgeMs: 7 * 24 * hour, report: console.error })
  const filled = new Set<string>()
  const growing = new Map<string, { app: string; instances: string[] }>()
  const timer = setInterval(() => {
    const now = Date.now()
    for (const [id, app] of growing) logs.append(id, [lineAt(app, now, Math.floor(now / 700))])
  }, 700)

  function fill(id: string, app: string): void {
    if (filled.has(id)) return
    filled.add(id)
    const instances = instancesOf(app)
    if (instances.length === 0) return
    const now = Date.now()
    const stepMs = (26 * hour) / linesBefore
    const usual = Array.from({ length: linesBefore }, (_, at) =>
      lineAt({ app, instances }, now - (linesBefore - at) * stepMs, at),
    )
    const deaths = (knownDeaths.get(id) ?? []).filter(({ endedAt }) => now - endedAt.getTime() < 26 * hour)
    const lines = [...usual, ...deaths.flatMap(deathLines)].sort((one, other) => one.atMs - other.atMs)
    for (let from = 0; from < lines.length; from += 500) logs.append(id, lines.slice(from, from + 500))
    growing.set(id, { app, instances })
  }

  return {
    async answer({ app, id, what, url }, response) {
      const query = url.searchParams
      if (what === 'drains') return answerDrains(response, url)
      if (what !== 'logs' && what !== 'log-pages') return false
      fill(id, app)
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      await orFailure(response, () =>
        what === 'log-pages'
          ? sendPage(logs, id, query, gone.signal, response)
          : sendLines(logs, id, query, gone.signal, response),
      )
      return true
    },
    async close() {
      clearInterval(timer)
      await logs.close()
    },
  }
}

/** Drains of shop, and the deaths that logs tell of. */
export async function seedLogs(
  { database, settings }: { database: Database; settings: Settings },
  ids: DemoIds,
  person: { id: string },
): Promise<void> {
  for (const id of Object.values(ids.apps)) knownDeaths.set(id, await database.deaths.list(id, 100))
  const drains = openDrains({ store: database.drains, sealing: platformSealing(settings) })
  const shop = ids.apps.shop ?? ''
  const plain = { headers: {}, authority: null }
  await drains.add(shop, { url: 'syslog+tls://logs.harbour.example:6514', ...plain }, person.id)
  await drains.add(shop, { url: 'https://in.logs.example.com/berth?key=abc', ...plain }, person.id)
  await drains.add(shop, { url: 'syslog+tcp://10.20.0.9:601', ...plain }, person.id)
  demoDrains = (await drains.list(shop)).map(({ id }) => id)
}

let demoDrains: string[] = []

async function sendPage(
  logs: AppLogs,
  id: string,
  query: URLSearchParams,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const [before, after] = [numberIn(query, 'before'), numberIn(query, 'after')]
  const limit = numberIn(query, 'limit') ?? 200
  const page = await logs.page(id, { before, after, limit, filter: filterIn(query) }, signal)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(page))
}

async function sendLines(
  logs: AppLogs,
  id: string,
  query: URLSearchParams,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const [tail, after] = [numberIn(query, 'tail') ?? 100, numberIn(query, 'after')]
  const asked = { follow: query.get('follow') === '1', tail, after, filter: filterIn(query) }
  const lines = await logs.follow(id, asked, signal)
  response.flushHeaders()
  for await (const line of lines) response.write(`${JSON.stringify(line)}\n`)
  response.end()
}

async function orFailure(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isBerthError(error)) throw error
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: recordOf(error) }))
  }
}

function recordOf({ code, message, hint, fault, retryable }: BerthError) {
  return { code, message, hint, fault, retryable }
}

function numberIn(query: URLSearchParams, name: string): number | null {
  const said = query.get(name)
  return said === null ? null : Number(said)
}

function filterIn(query: URLSearchParams): LogFilter {
  const only = query.get('only')
  const said = Object.keys(everything).map((name) => [name, query.get(name)])
  return {
    ...Object.fromEntries(said),
    only: only === null ? null : only.split(','),
    release: numberIn(query, 'release'),
  }
}

const paths = ['/', '/products/12', '/cart', '/static/app.css', '/orders', '/search', '/api/prices']
const happenings = [
  'handled order 48213 in 31 ms',
  'cache: 1,204 of 1,388 hits',
  '\x1b[32mGET\x1b[0m /products/12 \x1b[1m200\x1b[0m 18 ms',
  '\x1b[36minfo\x1b[0m mail queued for 3 customers',
  '\x1b[33mwarn\x1b[0m slow query: 812 ms SELECT * FROM "Order" WHERE "customerId" = $1 ORDER BY "createdAt" DESC',
  '{"level":"info","message":"price refreshed","product":1204,"from":"19.90","to":"18.90","trace":"9f1c2d7e"}',
  '<b>not markup</b>',
]

function lineAt(
  { app, instances }: { app: string; instances: string[] },
  atMs: number,
  at: number,
): NewLogLine {
  const instance = instances[at % instances.length] ?? 'web.1'
  const release = app === 'shop' ? 3 : 1
  if (at % 5 < 2) return requestAt(atMs, at, instance)
  if (at % 1_499 === 1_498)
    return { ...{ atMs, source: 'berth', instance, release }, stream: 'stdout', text: `${instance} started` }
  const trace = at % 311 === 310 ? ` ${'at step (/app/node_modules/pipeline/run.js:41:13) '.repeat(30)}` : ''
  const text =
    at % 61 === 60
      ? `\x1b[31mError: payment gateway timed out after 10000 ms\x1b[0m order=${48_000 + at}${trace}`
      : (happenings[at % happenings.length] ?? '')
  return { ...{ atMs, source: 'app', instance, release }, stream: at % 61 === 60 ? 'stderr' : 'stdout', text }
}

function requestAt(atMs: number, at: number, instance: string): NewLogLine {
  const status = at % 97 === 0 ? 502 : at % 23 === 0 ? 404 : 200
  const total = 4 + (at % 60)
  const text = `method=GET path="${paths[at % paths.length]}" host=shop.harbour.example status=${status} instance=${instance} client=198.51.100.${at % 250} service=${total - 2}ms total=${total}ms bytes=${900 + ((at * 37) % 20_000)}`
  const stream = status >= 500 ? 'stderr' : 'stdout'
  return { ...{ atMs, source: 'router', instance: 'router', release: null }, stream, text }
}

function deathLines({ instance, releaseVersion: release, endedAt, lastLines, ...exit }: Death): NewLogLine[] {
  const atMs = endedAt.getTime()
  const last = lastLines.slice(-6).map((text, index) => ({
    ...({ source: 'app', instance, release, stream: 'stderr', text } as const),
    atMs: atMs - 60 + index,
  }))
  const text = `${sayDeath(instance, exit)}, restarting in 2 s`
  return [...last, { ...{ atMs, source: 'berth', instance, release }, stream: 'stderr', text }]
}

/** One delivers, one has lines waiting, one is not reached. */
function drainStates(): DrainState[] {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const states: Omit<DrainState, 'id'>[] = [
    { sentLines: 184_203, lostLines: 0, waitingLines: 0, lastSentAt: ago(0), problem: null },
    { sentLines: 20_114, lostLines: 0, waitingLines: 312, lastSentAt: ago(1), problem: null },
    {
      ...{ sentLines: 902, lostLines: 44, waitingLines: 18_220, lastSentAt: ago(190) },
      problem: { message: '10.20.0.9 was not reached: connection refused.', at: ago(1) },
    },
  ]
  return demoDrains.flatMap((id, index) => (states[index] ? [{ id, ...states[index] }] : []))
}

function answerDrains(response: ServerResponse, url: URL): boolean {
  const [, , , , drain, test] = url.pathname.split('/')
  response.setHeader('content-type', 'application/json')
  if (test === 'test') {
    const isReached = drain !== demoDrains[2]
    const error = {
      code: 'DRAIN.NOT_DELIVERED',
      message: '10.20.0.9 was not reached: connection refused.',
      hint: 'It is tried again, with growing pauses. What is printed meanwhile waits in the app’s log.',
      ...{ fault: 'user', retryable: true },
    }
    response.end(JSON.stringify({ error: isReached ? null : error }))
  } else response.end(JSON.stringify(drainStates()))
  return true
}
