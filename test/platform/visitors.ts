import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Platform } from './start-platform.ts'

export type Answer = { status: number; body: string }

/** One request through the front door, to the app's default domain. */
export function visit(platform: Platform, app: string, path = '/', agent?: Agent): Promise<Answer> {
  const host = `${app}.${platform.settings.baseDomain}:${platform.settings.httpPort}`
  return new Promise((resolve, reject) => {
    const request = get(
      {
        host: '127.0.0.1',
        port: platform.settings.httpPort,
        path,
        headers: { host },
        timeout: 30_000,
        agent,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')))
  })
}

/** Visitors that ask without a pause while `meanwhile` goes on; tells what they got. Bounded to four at a time. */
export async function underLoad<Result>(
  platform: Platform,
  app: string,
  meanwhile: () => Promise<Result>,
): Promise<{ result: Result; requests: number; failures: string[] }> {
  let over = false
  let requests = 0
  const failures: string[] = []
  const visitor = async (agent: Agent) => {
    while (!over) {
      requests += 1
      const answer = await visit(platform, app, '/', agent).catch((error: Error) => ({
        status: 0,
        body: error.message,
      }))
      if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 100)}`)
      await sleep(2)
    }
  }
  const agents = [true, true, false, false].map((keepAlive) => new Agent({ keepAlive }))
  const visitors = Promise.all(agents.map(visitor))
  try {
    const result = await meanwhile()
    await sleep(1_000)
    return { result, requests, failures }
  } finally {
    over = true
    await visitors
    for (const agent of agents) agent.destroy()
  }
}

export async function untilAnswer(
  platform: Platform,
  app: string,
  good: (answer: Answer) => boolean,
  limitMs: number,
): Promise<Answer> {
  const begun = Date.now()
  for (;;) {
    const answer = await visit(platform, app).catch((error: Error) => ({ status: 0, body: error.message }))
    if (good(answer)) return answer
    if (Date.now() - begun > limitMs)
      throw new Error(`still ${answer.status} after ${limitMs} ms: ${answer.body}`)
    await sleep(50)
  }
}
