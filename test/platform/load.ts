import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Platform } from './start-platform.ts'

/**
 * Visitors of an app: so many clients that keep their connections and ask without a pause, and some that open a new one
 * for each request; every third request of all is a POST. What each one got is counted; a failure is told by what it was.
 */
export type Load = {
  counts(): LoadCounts
  /** Ends when the last answer is there. */
  stop(): Promise<LoadCounts>
}

export type LoadCounts = {
  requests: number
  failures: LoadFailure[]
  /** How often each body was answered. */
  answers: Map<string, number>
  slowestMs: number
  /** Ids of POSTs that were answered by 200. */
  worked: string[]
}

export type LoadFailure = { at: Date; method: string; id: string; what: string }

const keptFailures = 1_000

export function startLoad(
  platform: Platform,
  app: string,
  { keepingClients = 6, otherClients = 2, pauseMs = 2 } = {},
): Load {
  const counts: LoadCounts = { requests: 0, failures: [], answers: new Map(), slowestMs: 0, worked: [] }
  const agents = Array.from(
    { length: keepingClients + otherClients },
    (_, number) => new Agent({ keepAlive: number < keepingClients, maxSockets: 1 }),
  )
  const name = randomBytes(4).toString('hex')
  let over = false
  const clients = Promise.all(agents.map(client))

  async function client(agent: Agent): Promise<void> {
    while (!over) {
      counts.requests += 1
      const id = `${name}-${counts.requests}`
      const work = counts.requests % 3 === 0 ? id : null
      const begunAt = performance.now()
      const got = await once(platform, app, agent, work)
      counts.slowestMs = Math.max(counts.slowestMs, performance.now() - begunAt)
      count(got, { id, work })
      await sleep(pauseMs)
    }
    agent.destroy()
  }

  function count({ status, body, what }: Got, { id, work }: { id: string; work: string | null }): void {
    if (status !== 200) {
      fail({ method: work === null ? 'GET' : 'POST', id, what })
      return
    }
    counts.answers.set(body, (counts.answers.get(body) ?? 0) + 1)
    if (work !== null) counts.worked.push(id)
  }

  function fail(failure: Omit<LoadFailure, 'at'>): void {
    if (counts.failures.length < keptFailures) counts.failures.push({ at: new Date(), ...failure })
  }

  return {
    counts: () => counts,
    stop: async () => {
      over = true
      await clients
      return counts
    },
  }
}

type Got = { status: number; body: string; what: string }

function once(platform: Platform, app: string, agent: Agent, work: string | null): Promise<Got> {
  const { baseDomain, httpPort } = platform.settings
  return new Promise((resolve) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port: httpPort,
        path: work === null ? '/' : '/work',
        method: work === null ? 'GET' : 'POST',
        headers: { host: `${app}.${baseDomain}:${httpPort}` },
        timeout: 30_000,
        agent,
      },
      (response) => {
        const pieces: Buffer[] = []
        const { statusCode: status = 0 } = response
        response.on('data', (piece) => pieces.push(piece))
        response.on('error', (error) => resolve({ status: 0, body: '', what: `broke off: ${error.message}` }))
        response.on('end', () => {
          const body = Buffer.concat(pieces).toString()
          resolve({ status, body: status === 200 ? body : '', what: `${status} ${body.slice(0, 80)}` })
        })
      },
    )
    asking.on('error', (error) => resolve({ status: 0, body: '', what: error.message }))
    asking.on('timeout', () => asking.destroy(new Error('no answer within 30 s')))
    asking.end(work ?? undefined)
  })
}
