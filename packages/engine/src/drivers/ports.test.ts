import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PublishedPort } from '../engine.ts'
import { ask } from '../testing/ask-port.ts'
import { type FarHost, makeFarHost } from '../testing/far-host.ts'
import { useEngine } from '../testing/use-engine.ts'

/** A machine with much to do takes its time. */
const soon = { timeout: 20_000 }

const site = useEngine()
let far: FarHost

beforeAll(async () => {
  far = await makeFarHost()
})
afterAll(() => far.remove())

const greet = 'while true; do nc -l -p 7000 -e echo hello; done'
const tcp: PublishedPort = { protocol: 'tcp', containerPort: 7000, hostAddress: null, hostPort: 0 }
const start = (ports: readonly PublishedPort[], script = greet) => site.start(script, { ports })
const portOf = (container: { ports?: readonly PublishedPort[] }, at = 0) =>
  container.ports?.[at]?.hostPort ?? 0

test('a published port is reached on every address of the machine, of both families, and from outside', async () => {
  const port = portOf(await start([tcp]))
  await expect.poll(() => ask('127.0.0.1', port), soon).toBe('hello\n')
  await expect.poll(() => ask('::1', port), soon).toBe('hello\n')
  await expect.poll(() => far.ask(far.gateway, port), soon).toBe('hello\n')
})

test('one that is published on an address is reached there only', async () => {
  const port = portOf(await start([{ ...tcp, hostAddress: '127.0.0.1' }]))
  await expect.poll(() => ask('127.0.0.1', port), soon).toBe('hello\n')
  expect(await ask('::1', port)).toBe('')
  expect(await far.ask(far.gateway, port)).toBe('')
})

test('one number on addresses of both families is two ports; all of IPv6 is no IPv4', async () => {
  const loopback = { ...tcp, hostAddress: '127.0.0.1' }
  const first = await start([loopback])
  const hostPort = portOf(first)
  const second = await start([
    { ...tcp, hostAddress: '::1', hostPort },
    { ...tcp, hostAddress: '127.0.0.2', hostPort },
  ])
  await expect.poll(() => ask('::1', hostPort), soon).toBe('hello\n')
  await site.engine.containers.remove(first.id)
  expect(await ask('127.0.0.1', hostPort)).toBe('')
  await expect.poll(() => ask('127.0.0.2', hostPort), soon).toBe('hello\n')
  await site.engine.containers.remove(second.id)

  const port = portOf(await start([{ ...tcp, hostAddress: '::' }]))
  await expect.poll(() => far.ask(far.gateway6, port), soon).toBe('hello\n')
  await expect.poll(() => ask('::1', port), soon).toBe('hello\n')
  expect(await ask('127.0.0.1', port)).toBe('')
})

test('the machine’s own firewall decides who reaches it, as for anything that the machine serves', async () => {
  const open = await start([tcp])
  const shut = await start([tcp])
  await expect.poll(() => far.ask(far.gateway, portOf(shut)), soon).toBe('hello\n')
  const table = `berth_test_${process.pid}`
  await nft(`table inet ${table} {
    chain input {
      type filter hook input priority filter + 10; policy accept;
      ip saddr != ${far.address} accept
      ct state established,related accept
      tcp dport ${portOf(open)} accept
      drop
    }
  }`)
  try {
    await expect.poll(() => far.ask(far.gateway, portOf(open)), soon).toBe('hello\n')
    expect(await far.ask(far.gateway, portOf(shut))).toBe('')
    await expect.poll(() => ask('127.0.0.1', portOf(shut)), soon).toBe('hello\n')
  } finally {
    await nft(`delete table inet ${table}`)
  }
})

test('datagrams are answered', async () => {
  const udp: PublishedPort = { protocol: 'udp', containerPort: 7001, hostAddress: '127.0.0.1', hostPort: 0 }
  const container = await start([udp, tcp])
  // busybox's nc knows no UDP, so it is answered from inside the container's network by node.
  const inside = localRunner.start(
    command('nsenter', `--net=/proc/${container.pid}/ns/net`, process.execPath, '-e', echo),
  )
  try {
    await expect.poll(() => askUdp(portOf(container)), soon).toBe('echo ping')
  } finally {
    inside.kill('SIGKILL')
    await inside.exited
  }
})

test('a taken port is refused by name, and what was begun is gone', async () => {
  const server = createServer().listen(0, '0.0.0.0')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const taken = { code: 'CONTAINER.PORT_TAKEN', message: expect.stringContaining(String(port)) }
  await expect(start([{ ...tcp, hostPort: port }])).rejects.toMatchObject(taken)
  server.close()
  const first = await start([tcp])
  await expect(start([tcp, { ...tcp, hostPort: portOf(first) }])).rejects.toMatchObject({
    code: 'CONTAINER.PORT_TAKEN',
  })
})

test('a port lives as long as its container, without the engine, and no longer', async () => {
  const container = await start([tcp])
  const port = portOf(container)
  await site.reopen(() => expect.poll(() => ask('127.0.0.1', port), soon).toBe('hello\n'))
  expect((await site.engine.containers.get(container.id)).ports).toEqual([{ ...tcp, hostPort: port }])
  process.kill(container.pid ?? 0, 'SIGKILL')
  await site.engine.containers.wait(container.id)
  expect(await ask('127.0.0.1', port)).toBe('')
  const again = await start([{ ...tcp, hostPort: port }])
  expect(portOf(again)).toBe(port)
})

test('nobody inside can touch what forwards its ports', async () => {
  const script =
    'sleep 0.3; for p in /proc/[0-9]*; do grep -q socat $p/comm && { kill -9 $(basename $p) || echo refused; ls -l $p/exe $p/fd || echo hidden; }; done 2>/dev/null; sleep 60'
  const { logPath } = await start([tcp], script)
  const read = async () => (await localRunner.run(command('cat', logPath))).stdout
  await expect.poll(read, soon).toContain('refused')
  await expect.poll(read, soon).toContain('hidden')
})

const echo = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (bytes, from) => socket.send('echo ' + bytes, from.port, from.address))
  socket.bind(7001)
`

async function askUdp(port: number): Promise<string> {
  const socket = createSocket('udp4')
  const answer = new Promise<string>((resolve) => {
    socket.once('message', (bytes) => resolve(String(bytes)))
    setTimeout(() => resolve(''), 300)
  })
  socket.send('ping', port, '127.0.0.1')
  const text = await answer
  socket.close()
  return text
}

async function nft(rules: string): Promise<void> {
  await localRunner.run(command('nft', '-f', '-'), { input: rules })
}
