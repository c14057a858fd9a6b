import { createConnection } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openHaproxy } from '../haproxy.ts'
import { doorUnderTest, host, table } from './door-under-test.ts'

const site = doorUnderTest()

describe('a request', () => {
  test('tells the app who asked, whatever the client says', async () => {
    await site.door.apply(table(site.target(0)))
    const reply = await site.ask('/headers', {
      'X-Forwarded-For': '6.6.6.6',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.test',
      'X-Forwarded-Prefix': '/evil',
      X_Forwarded_For: '6.6.6.6',
      'X-Real-IP': '6.6.6.6',
      Forwarded: 'for=6.6.6.6',
      Proxy: 'http://evil.test',
    })
    const headers: Record<string, string> = JSON.parse(reply.body)
    expect(headers).toMatchObject({
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': host,
    })
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil/)
  })

  test('through a load balancer that is trusted tells the app whom that has seen, and through others nothing', async () => {
    const asked = `PROXY TCP4 203.0.113.9 192.0.2.1 40000 80\r\nGET /headers HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    await site.door.apply(table(site.target(0)))
    expect(await raw(asked)).toMatch(/^HTTP\/1\.1 400 /)
    const trusting = openHaproxy({ ...site.haproxy.options, trustedProxies: ['127.0.0.0/8'] })
    await trusting.apply(table(site.target(0)))
    expect(await raw(asked)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"x-forwarded-for":"203\.0\.113\.9"/)
  })

  test('may be upgraded, and its bytes pass both ways', async () => {
    await site.door.apply(table(site.target(0)))
    const upgrade = 'Connection: Upgrade\r\nUpgrade: echo\r\n'
    const answer = await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`, 'hello through the tunnel')
    expect(answer).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello through the tunnel$/)
  })

  test('may not be upgraded to HTTP/2 past the front door', async () => {
    await site.door.apply(table(site.target(0)))
    const reply = await site.ask('/headers', {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AA',
    })
    expect(reply.body).not.toMatch(/h2c|http2-settings/)
  })

  test.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: +1\r\n\r\na'],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a space before a colon', 'GET / HTTP/1.1\r\nHost : HOST\r\n\r\n'],
    ['a line that is folded into a name', 'GET / HTTP/1.1\r\nHost: HOST\r\n\0X: y\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: other.localhost\r\n\r\n'],
    ['a host beside another authority', 'GET http://other.localhost/ HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['giant headers', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['102 headers', `GET / HTTP/1.1\r\nHost: HOST\r\n${'X: y\r\n'.repeat(102)}\r\n`],
  ])('with %s gets 400 and never reaches an app', async (_what, text) => {
    await site.door.apply(table(site.target(0)))
    expect(await raw(text.replace('HOST', host))).toMatch(/^HTTP\/1\.[01] 400 /)
    expect(site.backends[0]?.requests()).toBe(0)
  })

  test('cannot smuggle a second one behind a length and chunks', async () => {
    await site.door.apply(table(site.target(0)))
    const body = `0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const answer = await raw(head + body)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(site.backends[0]?.requests()).toBeLessThanOrEqual(1)
  })

  test('with an address of more than 8,192 characters gets 414', async () => {
    await site.door.apply(table(site.target(0)))
    expect((await site.ask(`/${'a'.repeat(8192)}`)).status).toBe(414)
    expect((await site.ask(`/${'a'.repeat(8000)}`)).status).toBe(200)
  })

  test('whose app breaks off gets a page that says so', async () => {
    await site.door.apply(table(site.target(0)))
    const broken = site.ask('/hold')
    await expect.poll(() => site.backends[0]?.holding()).toBe(1)
    await site.backends[0]?.close()
    expect(await broken).toMatchObject({ status: 502, body: expect.stringContaining('The app broke off') })
    expect(await site.ask()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })
})

/** Sends bytes as they are; `afterwards` once the answer has begun. Returns all that comes until a second after that. */
function raw(text: string, afterwards?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = createConnection({ port: site.haproxy.options.httpPort, host: '127.0.0.1' })
    const end = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', () => {
      setTimeout(end, 1_000)
      if (afterwards !== undefined) socket.write(afterwards)
    })
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (afterwards !== undefined && answer.endsWith(afterwards)) end()
    })
    socket.on('end', end)
    socket.on('error', reject)
    socket.write(text)
  })
}
