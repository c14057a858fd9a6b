import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { type LiveParts, mostStreams, openLiveServer } from './live-server.ts'

test('so many are answered at a time; one more is told so, and has its turn later', async () => {
  const home = await mkdtemp(join(tmpdir(), 'berth-live-'))
  const answers = Promise.withResolvers<object>()
  let asked = 0
  const machine = () => {
    asked += 1
    return answers.promise
  }
  const socketPath = join(home, 'live.sock')
  // Nothing else of a worker is asked for.
  const parts = {
    metrics: { machine },
    isHealthy: () => true,
    report: () => undefined,
  } as unknown as LiveParts
  const server = await openLiveServer(parts, socketPath, process.getgid?.() ?? 0)
  const agent = new Agent({ maxSockets: mostStreams * 2 })
  onTestFinished(async () => {
    agent.destroy()
    await server.close()
    await rm(home, { recursive: true })
  })
  const path = '/machine'
  const ask = () =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ socketPath, path, agent }, async (response) =>
        resolve({ status: response.statusCode ?? 0, body: await text(response) }),
      )
        .on('error', reject)
        .end()
    })

  const first = Array.from({ length: mostStreams }, ask)
  await expect.poll(() => asked).toBe(mostStreams)
  const refused = await ask()
  expect(refused.status).toBe(503)
  expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'LIVE.BUSY' } })
  answers.resolve({})
  expect(new Set((await Promise.all(first)).map(({ status }) => status))).toEqual(new Set([200]))
  expect((await ask()).status).toBe(200)
})
