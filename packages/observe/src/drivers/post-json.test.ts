import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { notificationError } from '../notify/errors.ts'
import { postJson } from './post-json.ts'

let server: ReturnType<typeof createServer>
let port: number
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: { host: string | undefined; body: string; type: string | undefined }[]
beforeEach(async () => {
  asked = []
  answer = (_request, response) => response.end('ok')
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { host, 'content-type': type } = request.headers
    asked.push({ host, type, body: Buffer.concat(chunks).toString() })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const here = async () => '127.0.0.1'
const post = (path = '/', options: Partial<Parameters<typeof postJson>[0]> = {}) =>
  postJson({ addressOf: here, ...options })(`http://hooks.example:${port}${path}`, {
    body: '{"a":1}',
    headers: {},
  })

test('the name is looked up once, its address is called, and the name is said', async () => {
  const looked: unknown[] = []
  const addressOf = async (host: string, of: number) => {
    looked.push([host, of])
    return '127.0.0.1'
  }
  expect(await post('/', { addressOf })).toEqual({ answer: '200 ok' })
  expect(looked).toEqual([['hooks.example', port]])
  expect(asked).toEqual([
    { host: `hooks.example:${port}`, type: 'application/json; charset=utf-8', body: '{"a":1}' },
  ])
})

test('an address that must not be called is not', async () => {
  const addressOf = () => Promise.reject(notificationError['NOTIFICATION.ADDRESS_REFUSED']({ host: 'x' }))
  await expect(post('/', { addressOf })).rejects.toMatchObject({ code: 'NOTIFICATION.ADDRESS_REFUSED' })
  expect(asked).toEqual([])
})

describe.each([
  [301, 'NOTIFICATION.REFUSED'],
  [307, 'NOTIFICATION.REFUSED'],
  [400, 'NOTIFICATION.REFUSED'],
  [410, 'NOTIFICATION.REFUSED'],
  [408, 'NOTIFICATION.NOT_DELIVERED'],
  [429, 'NOTIFICATION.NOT_DELIVERED'],
  [500, 'NOTIFICATION.NOT_DELIVERED'],
])('%d', (status, code) => {
  test(`is ${code}, and leads nowhere`, async () => {
    answer = (_request, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${port}/elsewhere` }).end('because')
    await expect(post()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${status} because`),
    })
    expect(asked).toHaveLength(1)
  })
})

test('an answer without end is read no further than its beginning', async () => {
  answer = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
    }
    response.on('drain', more)
    more()
  }
  expect((await post()).answer.length).toBeLessThanOrEqual(210)
})

test('an answer that never comes, or never ends, is waited for no longer than the limit', async () => {
  answer = () => undefined
  await expect(post('/', { timeoutMs: 100 })).rejects.toMatchObject({
    ...{ code: 'NOTIFICATION.NOT_DELIVERED', message: expect.stringContaining('no answer within 0.1 s') },
  })
  answer = (_request, response) => void response.write('x')
  await expect(post('/', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'NOTIFICATION.NOT_DELIVERED' })
})

test('a name that cannot be looked up in time is one that does not answer', async () => {
  const addressOf = () => new Promise<string>(() => undefined)
  await expect(post('/', { addressOf, timeoutMs: 100 })).rejects.toMatchObject({
    code: 'NOTIFICATION.NOT_DELIVERED',
  })
})

test('where nobody listens, it may be tried again', async () => {
  const nobody = postJson({ addressOf: here })('http://hooks.example:1/', { body: '', headers: {} })
  await expect(nobody).rejects.toMatchObject({ code: 'NOTIFICATION.NOT_DELIVERED', retryable: true })
})

test('what the other side says cannot move a terminal’s cursor', async () => {
  answer = (_request, response) => response.writeHead(400).end('\u001b[2Jcleared')
  await expect(post()).rejects.toMatchObject({ message: expect.not.stringContaining('\u001b[2J') })
})
