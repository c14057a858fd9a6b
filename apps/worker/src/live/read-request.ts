import { type AppLogQuery, type LogPageQuery, logSources, type PlotQuery } from '@berth/observe'
import { z } from 'zod'

/** What can be asked of the live socket (packages/observe/src/live-protocol.ts), parsed. */
export type LiveRequest =
  | { kind: 'stage-events'; id: string; after: number; lease: boolean }
  | { kind: 'cancel-stage'; id: string }
  | { kind: 'instances'; appId: string }
  | { kind: 'logs'; appId: string; query: Omit<AppLogQuery, 'signal'> }
  | { kind: 'log-page'; appId: string; query: LogPageQuery }
  | { kind: 'drains'; appId: string }
  | { kind: 'look-at-drains'; appId: string }
  | { kind: 'test-drain'; appId: string; drainId: string }
  | { kind: 'publish'; appId: string; version: number }
  | { kind: 'available-releases'; appId: string }
  | { kind: 'comparison'; appId: string; from: number; to: number }
  | { kind: 'attach'; appId: string }
  | { kind: 'one-offs'; appId: string }
  | { kind: 'run-detached'; appId: string }
  | { kind: 'stop-one-off'; appId: string; name: string }
  | { kind: 'begin-cron-run'; appId: string; runId: string }
  | { kind: 'verify-domain'; appId: string; host: string }
  | { kind: 'metrics'; appId: string; query: PlotQuery }
  | { kind: 'front-address' }
  | { kind: 'traffic' }
  | { kind: 'machine' }
  | { kind: 'snapshot' }
  | { kind: 'health' }

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1')
const eventsQuery = z.object({ after: z.coerce.number().int().min(0).default(0), lease: flag })
const version = z.coerce.number().int().min(1)
const comparisonQuery = z.object({ from: version, to: version })
const publishQuery = z.object({ version: z.coerce.number().int().min(1) })
const text = z.string().max(500).nullable().default(null)
const logFilter = z.object({
  ...{ since: text, until: text, instance: text, process: text, search: text, grep: text },
  release: version.nullable().default(null),
  source: z.enum(logSources).nullable().default(null),
  only: z
    .string()
    .max(2_000)
    .transform((several) => several.split(','))
    .nullable()
    .default(null),
  stream: z.enum(['stdout', 'stderr']).nullable().default(null),
})
const lineNumber = z.coerce.number().int().min(0).nullable().default(null)
const logsQuery = z.object({
  follow: flag,
  tail: z.coerce.number().int().min(0).max(10_000).default(100),
  after: lineNumber,
})
const logPageQuery = z.object({
  before: lineNumber,
  after: lineNumber,
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
})

/** What is asked for, and of which lines. */
function withFilter<Query extends object>(
  shape: z.ZodType<Query>,
  query: Record<string, string>,
): (Query & { filter: z.output<typeof logFilter> }) | undefined {
  const [asked, filter] = [shape.safeParse(query).data, logFilter.safeParse(query).data]
  return asked && filter && { ...asked, filter }
}

const moment = z.coerce.number().int().min(0).max(4e12)
const plotQuery = z.object({
  from: moment,
  to: moment,
  points: z.coerce.number().int().min(1).max(1_000),
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}\.\d{1,5}$/)
    .nullable()
    .default(null),
  process: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .nullable()
    .default(null),
})

/** Undefined: nobody answers that here. */
export function readRequest(method: string, target: string): LiveRequest | undefined {
  const url = URL.parse(target, 'http://worker')
  if (url === null) return undefined
  const [, kind, id, action, object, ...more] = url.pathname.split('/')
  const query = Object.fromEntries(url.searchParams)
  if (object !== undefined) return withObject(`${method} ${kind} ${action} ${more.join('/')}`, id, object)
  switch (`${method} ${kind} ${action ?? ''}`) {
    case 'GET health ':
      return { kind: 'health' }
    case 'GET front-address ':
      return { kind: 'front-address' }
    case 'POST traffic ':
      return { kind: 'traffic' }
    case 'GET machine ':
      return { kind: 'machine' }
    case 'GET snapshot ':
      return { kind: 'snapshot' }
    case 'GET apps metrics':
      return withId(id, plotQuery.safeParse(query).data, (uuid, parsed) => ({
        kind: 'metrics',
        appId: uuid,
        query: parsed,
      }))
    case 'GET stages events':
      return withId(id, eventsQuery.safeParse(query).data, (uuid, parsed) => ({
        kind: 'stage-events',
        id: uuid,
        ...parsed,
      }))
    case 'POST stages cancel':
      return withId(id, {}, (uuid) => ({ kind: 'cancel-stage', id: uuid }))
    case 'GET apps instances':
      return withId(id, {}, (uuid) => ({ kind: 'instances', appId: uuid }))
    case 'GET apps logs':
      return withId(id, withFilter(logsQuery, query), (uuid, parsed) => ({
        kind: 'logs',
        appId: uuid,
        query: parsed,
      }))
    case 'GET apps drains':
      return withId(id, {}, (uuid) => ({ kind: 'drains', appId: uuid }))
    case 'POST apps drains':
      return withId(id, {}, (uuid) => ({ kind: 'look-at-drains', appId: uuid }))
    case 'GET apps log-pages':
      return withId(id, withFilter(logPageQuery, query), (uuid, parsed) => ({
        kind: 'log-page',
        appId: uuid,
        query: parsed,
      }))
    case 'GET apps attach':
      return withId(id, {}, (uuid) => ({ kind: 'attach', appId: uuid }))
    case 'GET apps one-offs':
      return withId(id, {}, (uuid) => ({ kind: 'one-offs', appId: uuid }))
    case 'POST apps one-offs':
      return withId(id, {}, (uuid) => ({ kind: 'run-detached', appId: uuid }))
    case 'GET apps available-releases':
      return withId(id, {}, (uuid) => ({ kind: 'available-releases', appId: uuid }))
    case 'GET apps comparison':
      return withId(id, comparisonQuery.safeParse(query).data, (uuid, parsed) => ({
        kind: 'comparison',
        appId: uuid,
        ...parsed,
      }))
    case 'POST apps publish':
      return withId(id, publishQuery.safeParse(query).data, (uuid, parsed) => ({
        kind: 'publish',
        appId: uuid,
        ...parsed,
      }))
    default:
      return undefined
  }
}

const instance = z.string().regex(/^[a-z][a-z0-9-]{0,39}\.\d{1,5}$/)

const domain = z.string().regex(/^(?:\*\.)?[a-z0-9.-]{1,253}$/)

/** What is about one thing of an app. */
function withObject(asked: string, id: string | undefined, object: string): LiveRequest | undefined {
  switch (asked) {
    case 'POST apps drains test':
      return withId(id, z.uuid().safeParse(object).data, (appId, drainId) => ({
        kind: 'test-drain',
        appId,
        drainId,
      }))
    case 'POST apps one-offs stop':
      return withId(id, instance.safeParse(object).data, (appId, name) => ({
        kind: 'stop-one-off',
        appId,
        name,
      }))
    case 'POST apps domains verify':
      return withId(id, domain.safeParse(decodeURIComponent(object)).data, (appId, host) => ({
        kind: 'verify-domain',
        appId,
        host,
      }))
    case 'POST apps cron ':
      return withId(id, z.uuid().safeParse(object).data, (appId, runId) => ({
        kind: 'begin-cron-run',
        appId,
        runId,
      }))
    default:
      return undefined
  }
}

function withId<Query>(
  given: string | undefined,
  query: Query | undefined,
  make: (id: string, query: Query) => LiveRequest,
): LiveRequest | undefined {
  const id = z.uuid().safeParse(given)
  return id.success && query !== undefined ? make(id.data, query) : undefined
}
