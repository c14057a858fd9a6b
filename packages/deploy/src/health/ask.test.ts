import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Healthcheck, HealthProbe } from '@berth/domain'
import type { Containers } from '@berth/engine'
import { containerError } from '@berth/engine/container/errors.ts'
import { afterEach, describe, expect, test } from 'vitest'
import { type Asked, ask } from './ask.ts'
import { certificate, privateKey } from './test-certificate.ts'

const servers: { server: Server; sockets: Set<Socket> }[] = []
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  servers.push({ server, sockets })
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}
const serve = (listener: RequestListener) => listen(createServer(listener))

const asked = (port: number, exec?: Containers['exec']): Asked => ({
  container: { id: 'container', address: '127.0.0.1', startedAt: new Date(Date.now() - 10_000) },
  port,
  host: 'shop.example.test:8080',
  containers: { exec: exec ?? (() => Promise.reject(new Error('not asked for'))) },
  mask: (text) => text.replaceAll('hunter22', '[secret]'),
})
const check = (probe: HealthProbe, timeoutMs = 2_000): Healthcheck => ({
  type: 'startup',
  name: null,
  probe,
  initialDelayMs: 0,
  attempts: 1,
  timeoutMs,
  waitMs: 1_000,
})
type Http = Extract<HealthProbe, { kind: 'http' }>
const http = (given: Partial<Http> = {}): Http => ({
  kind: 'http',
  scheme: 'http',
  path: '/up',
  port: null,
  content: null,
  headers: [],
  ...given,
})

describe('a path', () => {
  test('passes by any 2xx, from the port of the process', async () => {
    const port = await serve((request, response) =>
      response.writeHead(request.url === '/up' ? 204 : 500).end(),
    )
    expect(await ask(asked(port), check(http()))).toEqual({ kind: 'passed' })
  })

  test('is asked at another port where the check names one', async () => {
    const port = await serve((_request, response) => response.end())
    expect(await ask(asked(1), check(http({ port })))).toEqual({ kind: 'passed' })
  })

  test('is asked as the app is called from outside, without anything that would need a reader', async () => {
    let seen = {}
    const port = await serve((request, response) => {
      seen = request.headers
      response.end()
    })
    await ask(asked(port), check(http({ headers: [{ name: 'X-Key', value: 'a' }] })))
    expect(seen).toEqual({
      host: 'shop.example.test:8080',
      'user-agent': 'berth-health',
      accept: '*/*',
      connection: 'close',
      'x-key': 'a',
    })
  })

  test('is asked with the Host of the check where it has one', async () => {
    const hosts: (string | undefined)[] = []
    const port = await serve((request, response) => response.end(String(hosts.push(request.headers.host))))
    await ask(asked(port), check(http({ headers: [{ name: 'host', value: 'admin.example.test' }] })))
    expect(hosts).toEqual(['admin.example.test'])
  })

  test('by https passes whatever the certificate says', async () => {
    const server = createSecureServer({ cert: certificate, key: privateKey }, (_request, response) =>
      response.end('safe'),
    )
    const port = await listen(server)
    expect(await ask(asked(port), check(http({ scheme: 'https', content: 'safe' })))).toEqual({
      kind: 'passed',
    })
  })

  test('that answers anything else says what, in one line, with secrets masked', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(503).end('no\r\n\tdatabase \u001b[31mat hunter22'),
    )
    expect(await ask(asked(port), check(http()))).toEqual({
      kind: 'failed',
      told: 'answered 503 Service Unavailable: no database [31mat [secret]',
      hint: null,
    })
  })

  test('that leads elsewhere is not followed, and says what to do', async () => {
    const asking: (string | undefined)[] = []
    const port = await serve((request, response) => {
      asking.push(request.url)
      response.writeHead(301, { location: '/login' }).end()
    })
    expect(await ask(asked(port), check(http()))).toMatchObject({
      told: 'answered 301 Moved Permanently',
      hint: expect.stringContaining('X-Forwarded-Proto: https'),
    })
    expect(asking).toEqual(['/up'])
  })

  test.each([
    [400, 'shop.example.test:8080'],
    [401, 'without signing in'],
    [404, 'Name a path'],
  ])('that answers %i has a hint', async (status, hint) => {
    const port = await serve((_request, response) => response.writeHead(status).end())
    expect(await ask(asked(port), check(http()))).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test('must hold what is expected, also in pieces', async () => {
    const port = await serve(async (_request, response) => {
      response.write('all is w')
      await sleep(20)
      response.end('ell')
    })
    expect(await ask(asked(port), check(http({ content: 'is well' })))).toEqual({ kind: 'passed' })
    expect(await ask(asked(port), check(http({ content: 'fine' })))).toMatchObject({
      told: 'the answer (200) does not hold "fine": all is well',
    })
  })

  test('that answers without end is read for a while', async () => {
    let sent = 0
    const port = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
      }
      response.on('drain', more)
      more()
    })
    expect(await ask(asked(port), check(http({ content: 'y' })))).toMatchObject({ kind: 'failed' })
    expect(sent).toBeLessThan(20_000_000)
  })

  test('where nobody listens is refused', async () => {
    const port = await serve(() => undefined)
    servers.splice(0).forEach(({ server }) => void server.close())
    await sleep(5)
    expect(await ask(asked(port), check(http()))).toMatchObject({ told: 'connection refused' })
  })

  test('that never answers is told after its time, and let go of', async () => {
    let closed = false
    const port = await serve(
      (request) =>
        void request.once('close', () => {
          closed = true
        }),
    )
    expect(await ask(asked(port), check(http(), 100))).toMatchObject({ told: 'no answer within 0.1 s' })
    await expect.poll(() => closed).toBe(true)
  })

  test('that answers drop by drop has no more time than another', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 10)
      response.once('close', () => clearInterval(timer))
    })
    expect(await ask(asked(port), check(http({ content: '!' }), 150))).toMatchObject({
      told: 'no answer within 0.15 s',
    })
  })

  test('where something else than a web server listens has no valid answer', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-nobody\r\n')))
    expect(await ask(asked(port), check(http()))).toMatchObject({
      told: expect.stringMatching(/^no valid answer \(HPE_/),
    })
  })

  test('where connections are closed at once says so', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()))
    expect(await ask(asked(port), check(http()))).toMatchObject({
      told: 'the connection was closed without an answer',
    })
  })

  test('of a container without an address finds nothing out', async () => {
    const ending = { ...asked(1), container: { ...asked(1).container, address: null } }
    expect(await ask(ending, check(http()))).toMatchObject({ kind: 'unknown' })
  })
})

describe('listening', () => {
  test('passes where something accepts, and is told where nothing does', async () => {
    const port = await serve(() => undefined)
    expect(await ask(asked(port), check({ kind: 'listening', port: null }))).toEqual({ kind: 'passed' })
    expect(await ask(asked(1), check({ kind: 'listening', port: 2 }))).toMatchObject({
      told: 'nothing accepted a connection on port 2',
    })
  })
})

describe('uptime', () => {
  test('passes when it has run for so long', async () => {
    expect(await ask(asked(1), check({ kind: 'uptime', uptimeMs: 9_000 }))).toEqual({ kind: 'passed' })
    expect(await ask(asked(1), check({ kind: 'uptime', uptimeMs: 90_000 }))).toMatchObject({
      told: 'it has run for 10 s',
    })
  })
})

describe('a command', () => {
  const command = check({ kind: 'command', argv: ['check', 'it'] }, 100)
  const running = (code: number | null, printed: string[] = []) => {
    const state = { closed: 0, commands: [] as unknown[] }
    const exec: Containers['exec'] = async (_id, { command: words }) => {
      state.commands.push(words)
      const exit = { code: code ?? 0, signal: null }
      return {
        input: null,
        output: (async function* () {
          for (const text of printed) yield { stream: 'stdout' as const, bytes: Buffer.from(text) }
        })(),
        resize: async () => undefined,
        signal: async () => undefined,
        exit: code === null ? new Promise<never>(() => undefined) : Promise.resolve(exit),
        close: async () => {
          state.closed += 1
        },
      }
    }
    return { state, exec }
  }

  test('passes by exit code 0, and is let go of', async () => {
    const { state, exec } = running(0)
    expect(await ask(asked(1, exec), command)).toEqual({ kind: 'passed' })
    expect(state).toEqual({ closed: 1, commands: [['check', 'it']] })
  })

  test('fails by any other, with the beginning of what it printed, masked', async () => {
    const { exec } = running(2, ['cannot reach ', 'hunter22\n', 'x'.repeat(100_000)])
    const answer = await ask(asked(1, exec), command)
    expect(answer).toMatchObject({
      told: expect.stringMatching(/^exit code 2: cannot reach \[secret\] x+…$/),
    })
    expect('told' in answer && answer.told.length).toBeLessThan(250)
  })

  test('that takes too long is killed', async () => {
    const { state, exec } = running(null)
    expect(await ask(asked(1, exec), command)).toMatchObject({ told: 'did not end within 0.1 s' })
    expect(state.closed).toBe(1)
  })

  test('that the image does not have fails, with a hint', async () => {
    const exec = () => Promise.reject(containerError['CONTAINER.EXEC_FAILED']({ reason: 'curl: not found' }))
    expect(await ask(asked(1, exec), command)).toMatchObject({
      told: expect.stringContaining('curl: not found'),
      hint: expect.stringContaining('a program that the image has'),
    })
  })

  test('in a container that has just ended finds nothing out', async () => {
    const exec = () => Promise.reject(containerError['CONTAINER.NOT_RUNNING']({ id: 'container' }))
    expect(await ask(asked(1, exec), command)).toMatchObject({ kind: 'unknown' })
  })
})
