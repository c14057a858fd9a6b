import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { followToTls, secureOrigin } from './follow-to-tls.ts'

let server: Server
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

/** Answers every request with a redirect to this place. */
async function sending(to: (port: number) => string): Promise<string> {
  server = createServer((_request, response) => {
    const { port } = server.address() as { port: number }
    response.writeHead(308, { location: to(port) }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('the same host over TLS is where one is signed in', async () => {
  expect(await secureOrigin(await sending(() => 'https://127.0.0.1:8443/x'))).toBe('https://127.0.0.1:8443')
})

test('a token goes to no other host, and to nothing without TLS', async () => {
  const headers = { authorization: 'Bearer secret' }
  for (const elsewhere of ['https://evil.example/x', 'http://127.0.0.1:1/x']) {
    const origin = await sending(() => elsewhere)
    expect((await followToTls(`${origin}/api/trpc`, { headers })).status).toBe(308)
    expect(await secureOrigin(origin)).toBe(origin)
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  await sending(() => '/')
})

test('what is followed speaks TLS: this one does not, and is told nothing', async () => {
  const origin = await sending((port) => `https://127.0.0.1:${port}/x`)
  await expect(followToTls(`${origin}/api/trpc`)).rejects.toThrow()
})
