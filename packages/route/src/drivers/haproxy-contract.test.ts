import { expect } from 'vitest'
import { type Answer, frontDoorContract, type World } from './front-door-contract.ts'
import { type Reply, send, startBackend } from './haproxy/test-backend.ts'
import { startHaproxy } from './haproxy/test-haproxy.ts'
import { openHaproxy } from './haproxy.ts'

frontDoorContract('haproxy', async (): Promise<World> => {
  const haproxy = await startHaproxy()
  const backends = [
    await startBackend('web.1-a'),
    await startBackend('web.1-b'),
    await startBackend('web.1-c'),
  ] as const
  const port = haproxy.options.httpPort
  const holding = () => backends.reduce((sum, backend) => sum + backend.holding(), 0)
  return {
    door: openHaproxy(haproxy.options),
    targets: [backends[0].target, backends[1].target, backends[2].target],
    ask: async (host, path) => answerOf(await send(port, host, path)),
    async hold(host) {
      const before = holding()
      const reply = send(port, host, '/hold')
      await expect.poll(holding).toBe(before + 1)
      return {
        async finish() {
          for (const backend of backends) backend.release()
          return answerOf(await reply)
        },
      }
    },
    async close() {
      await haproxy.close()
      await Promise.all(backends.map((backend) => backend.close()))
    },
  }
})

function answerOf({ status, headers }: Reply): Answer {
  const retryAfter = headers['retry-after']
  return {
    status,
    from: typeof headers['x-from'] === 'string' ? headers['x-from'] : null,
    retryAfterSeconds: retryAfter === undefined ? null : Number(retryAfter),
  }
}
