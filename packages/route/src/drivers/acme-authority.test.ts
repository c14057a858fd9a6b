import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Secret } from '@berth/command'
import { toErrorRecord } from '@berth/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RetryLater } from '../certificates/retry-later.ts'
import { openAcmeAuthority } from './acme-authority.ts'

/**
 * What an authority may answer besides a certificate, from a server that says what a test tells it. A real authority's
 * orders, from beginning to end, are in test/certificates.
 */
type Answer = { status: number; body?: object; headers?: Record<string, string> }

let server: Server
let answers: Record<string, Answer>
let asked: string[]

beforeEach(async () => {
  asked = []
  answers = {}
  server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

function serve(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? ''
  asked.push(path)
  request.resume()
  const told = answers[path] ?? usual(path)
  const headers = { 'replay-nonce': 'nonce', 'content-type': 'application/json', ...told.headers }
  response.writeHead(told.status, headers).end(JSON.stringify(told.body ?? {}))
}

function usual(path: string): Answer {
  const at = (name: string) => [name, url(`/${name}`)]
  switch (path) {
    case '/':
      return { status: 200, body: Object.fromEntries(['newNonce', 'newAccount', 'newOrder'].map(at)) }
    case '/newAccount':
      return { status: 201, headers: { location: url('/account') } }
    case '/newOrder':
      return {
        status: 201,
        headers: { location: url('/order') },
        body: { status: 'pending', authorizations: [url('/authorization')], finalize: url('/finalize') },
      }
    case '/authorization':
      return {
        status: 200,
        body: {
          status: 'pending',
          identifier: { type: 'dns', value: 'a.test' },
          challenges: ['http-01', 'dns-01'].map((type) => ({
            type,
            url: url('/challenge'),
            token: 'a-token',
            status: 'pending',
          })),
        },
      }
    default:
      return { status: 200 }
  }
}

const problem = (type: string, detail: string, status = 403, headers = {}): Answer => ({
  status,
  headers,
  body: { type: `urn:ietf:params:acme:error:${type}`, detail, status },
})

function order(how: { signal?: AbortSignal; http?: boolean; present?: () => Promise<void> } = {}) {
  const authority = openAcmeAuthority({
    settings: { directory: url('/'), email: 'a@b.example', authorities: null, dnsWebhook: url('/webhook') },
    nameServers: [],
    authorities: null,
    webhookSecret: new Secret('secret'),
    user: { uid: 65_534, gid: 65_534 },
  })
  const { http = true, present = async () => undefined } = how
  return authority.order({
    host: 'a.test',
    account: null,
    keepAccount: async (account) => account,
    answerAt: http ? { present, remove: async () => void asked.push('removed') } : undefined,
    signal: how.signal ?? new AbortController().signal,
  })
}

async function failure(how: Parameters<typeof order>[0] = {}) {
  const thrown = await order(how).catch((error: unknown) => error)
  const cause = thrown instanceof RetryLater ? thrown.cause : thrown
  return { ...toErrorRecord(cause), afterMs: thrown instanceof RetryLater ? thrown.afterMs : null }
}

test('one that has had enough says when to come again, and is asked no second time', async () => {
  answers['/newOrder'] = problem('rateLimited', 'too many certificates', 429, { 'retry-after': '3600' })
  expect(await failure()).toMatchObject({
    code: 'CERTIFICATE.RATE_LIMITED',
    message: expect.stringContaining('too many certificates'),
    afterMs: 3_600_000,
  })
  expect(asked.filter((path) => path === '/newOrder')).toHaveLength(1)
})

test('a name that it could not see is told with its reason, and the challenge taken back', async () => {
  answers['/challenge'] = {
    status: 200,
    body: {
      status: 'invalid',
      url: url('/challenge'),
      ...{ error: problem('unauthorized', 'got 404').body },
    },
  }
  expect(await failure()).toMatchObject({
    code: 'CERTIFICATE.NOT_PROVED',
    message: expect.stringContaining('got 404'),
  })
  expect(asked.at(-1)).toBe('removed')
})

test('a refusal is told with its reason', async () => {
  answers['/newOrder'] = problem('rejectedIdentifier', 'a bank\u001b[2J')
  const { code, message } = await failure()
  expect(code).toBe('CERTIFICATE.REFUSED')
  expect(message).toContain('a bank?[2J')
})

test.each([
  ['answers 500', () => ({ status: 500 })],
  ['sends elsewhere', () => ({ status: 500, headers: { location: 'http://169.254.169.254/' } })],
])('one that %s cannot be reached', async (_what, answer) => {
  answers['/'] = answer()
  expect((await failure()).code).toBe('CERTIFICATE.AUTHORITY_UNREACHABLE')
})

test('one that nothing answers for cannot be reached', async () => {
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const gone = openAcmeAuthority({
    settings: {
      directory: `http://127.0.0.1:${port}/`,
      email: 'a@b.example',
      authorities: null,
      dnsWebhook: null,
    },
    ...{ nameServers: [], authorities: null, webhookSecret: null, user: null },
  })
  const signal = new AbortController().signal
  const ordered = gone.order({
    host: 'a.test',
    account: null,
    keepAccount: async (one) => one,
    answerAt: { present: async () => undefined, remove: async () => undefined },
    signal,
  })
  await expect(ordered).rejects.toMatchObject({ code: 'CERTIFICATE.AUTHORITY_UNREACHABLE' })
  const wildcard = gone.order({
    host: '*.a.test',
    account: null,
    keepAccount: async (one) => one,
    answerAt: undefined,
    signal,
  })
  await expect(wildcard).rejects.toMatchObject({ code: 'CERTIFICATE.NO_WEBHOOK' })
})

test('a webhook that makes no record is told, and asked to take it away', async () => {
  answers['/webhook'] = { status: 502 }
  expect(await failure({ http: false })).toMatchObject({
    code: 'CERTIFICATE.WEBHOOK_FAILED',
    message: expect.stringContaining('it answered present with status 502'),
  })
  expect(asked.filter((path) => path === '/webhook')).toHaveLength(2)
  expect(asked).not.toContain('/challenge')
})

test('an order that is broken off leaves no program behind', async () => {
  const stopping = new AbortController()
  const ordered = failure({
    signal: stopping.signal,
    present: async () => {
      stopping.abort()
      await new Promise(() => undefined)
    },
  })
  const outcome = await Promise.race([
    ordered,
    new Promise((resolve) => setTimeout(() => resolve('still waiting'), 5_000)),
  ])
  expect(outcome).toMatchObject({ code: 'CERTIFICATE.ORDER_BROKEN_OFF' })
  expect(asked.at(-1)).toBe('removed')
})
