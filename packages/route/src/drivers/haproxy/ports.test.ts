import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Target } from '../../front-door.ts'
import { doorUnderTest, table } from './door-under-test.ts'
import { freePort } from './test-haproxy.ts'

const site = doorUnderTest()
const opened: (Server | Socket)[] = []
afterEach(() => {
  for (const one of opened.splice(0)) 'destroy' in one ? one.destroy() : one.close()
})

/** Says its name to whoever connects, then gives back what it gets. */
async function startEcho(name: string): Promise<Target> {
  const server = createServer((socket) => {
    opened.push(socket)
    socket.on('error', () => socket.destroy())
    socket.write(`${name}\n`)
    socket.pipe(socket)
  })
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { name, address: '127.0.0.1', port: (server.address() as { port: number }).port }
}

/** A client of the port, with what it has read so far. */
async function dial(port: number) {
  const socket = connect({ port, host: '127.0.0.1' })
  opened.push(socket)
  const client = { socket, text: '', closed: false }
  socket.on('data', (chunk) => {
    client.text += chunk
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    client.closed = true
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve))
  return client
}

const withPort = (port: number, ...targets: Target[]) => ({
  ...table(site.target(0)),
  ports: [{ port, routeId: 'app-1', targets }],
})

test('a port leads to its targets, and they change without a reload and without a connection lost', async () => {
  const [one, two, port] = [await startEcho('db.1-a'), await startEcho('db.1-b'), await freePort()]
  await site.door.apply(withPort(port, one))
  const held = await dial(port)
  await expect.poll(() => held.text).toBe('db.1-a\n')
  const reloads = await site.haproxy.reloads()

  await site.door.apply(withPort(port, one, two))
  await site.door.apply(withPort(port, two))
  const next = await dial(port)
  await expect.poll(() => next.text).toBe('db.1-b\n')
  held.socket.write('still here')
  await expect.poll(() => held.text).toBe('db.1-a\nstill here')
  expect(await site.door.drained('app-1', 'db.1-a', 200)).toBe(false)
  held.socket.end()
  expect(await site.door.drained('app-1', 'db.1-a', 5_000)).toBe(true)
  expect(await site.haproxy.reloads()).toBe(reloads)
  expect((await site.ask()).status).toBe(200)
})

test('a port that is taken away is closed, and so are its connections', async () => {
  const [one, port] = [await startEcho('db.1-a'), await freePort()]
  await site.door.apply(withPort(port, one))
  const held = await dial(port)
  await expect.poll(() => held.text).toBe('db.1-a\n')
  await site.door.apply(table(site.target(0)))
  await expect.poll(() => held.closed).toBe(true)
  await expect.poll(async () => (await dial(port)).closed).toBe(true)
})

test('a port without a target closes whoever comes', async () => {
  const port = await freePort()
  await site.door.apply(withPort(port))
  const client = await dial(port)
  await expect.poll(() => client.closed).toBe(true)
})

test('a port that something else listens on keeps nobody else from changes, and is taken up when it is free', async () => {
  const [one, port] = [await startEcho('db.1-a'), await freePort()]
  const foreign = createServer((socket) => socket.end('foreign'))
  await new Promise<void>((resolve) => foreign.listen(port, '127.0.0.1', resolve))
  const applied = site.door.apply(withPort(port, one))
  await expect(applied).rejects.toMatchObject({ code: 'ROUTE.PORT_IN_USE' })
  expect((await site.ask()).status).toBe(200)

  await new Promise((resolve) => foreign.close(resolve))
  await site.door.apply(withPort(port, one))
  const client = await dial(port)
  await expect.poll(() => client.text).toBe('db.1-a\n')
})

test('a front door that is started again has its ports again', async () => {
  const [one, port] = [await startEcho('db.1-a'), await freePort()]
  await site.door.apply(withPort(port, one))
  await site.haproxy.kill('SIGKILL')
  await site.haproxy.start()
  const client = await dial(port)
  await expect.poll(() => client.text).toBe('db.1-a\n')
})
