import { z } from 'zod'

/** What can be asked of the live socket (packages/observe/src/live-protocol.ts), parsed. */
export type LiveRequest =
  | { kind: 'stage-events'; id: string; after: number; lease: boolean }
  | { kind: 'cancel-stage'; id: string }
  | { kind: 'instances'; appId: string }
  | { kind: 'logs'; appId: string; follow: boolean; tail: number; instance: string | null }
  | { kind: 'publish'; appId: string; version: number }
  | { kind: 'health' }

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1')
const eventsQuery = z.object({ after: z.coerce.number().int().min(0).default(0), lease: flag })
const publishQuery = z.object({ version: z.coerce.number().int().min(1) })
const logsQuery = z.object({
  follow: flag,
  tail: z.coerce.number().int().min(0).max(10_000).default(100),
  instance: z.string().max(100).nullable().default(null),
})

/** Undefined: nobody answers that here. */
export function readRequest(method: string, target: string): LiveRequest | undefined {
  const url = URL.parse(target, 'http://worker')
  if (url === null) return undefined
  const [, kind, id, action] = url.pathname.split('/')
  const query = Object.fromEntries(url.searchParams)
  switch (`${method} ${kind} ${action ?? ''}`) {
    case 'GET health ':
      return { kind: 'health' }
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
      return withId(id, logsQuery.safeParse(query).data, (uuid, parsed) => ({
        kind: 'logs',
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

function withId<Query>(
  given: string | undefined,
  query: Query | undefined,
  make: (id: string, query: Query) => LiveRequest,
): LiveRequest | undefined {
  const id = z.uuid().safeParse(given)
  return id.success && query !== undefined ? make(id.data, query) : undefined
}
