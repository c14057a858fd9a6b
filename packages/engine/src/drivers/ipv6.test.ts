import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Container } from '../engine.ts'
import { readHostIpv6 } from '../network/host-ipv6.ts'
import { ask } from '../testing/ask-port.ts'
import { type FarHost, makeFarHost } from '../testing/far-host.ts'
import { useEngine } from '../testing/use-engine.ts'

/** A machine with much to do takes its time. */
const soon = { timeout: 20_000 }
const greet = 'while true; do nc -l -p 7000 -e echo hello; done'

describe.runIf(readHostIpv6() === 'on')('a container on a machine with IPv6', () => {
  const site = useEngine()
  const { start, run } = site
  let far: FarHost

  beforeAll(async () => {
    far = await makeFarHost()
  })
  afterAll(() => far.remove())

  const inside = async ({ pid }: Pick<Container, 'pid'>, ...words: string[]) =>
    (await localRunner.run(command('nsenter', `--net=/proc/${pid}/ns/net`, ...words))).stdout
  const call = (container: Container, address: string | null, port: number) =>
    inside(container, process.execPath, '-e', caller, String(address), String(port))

  test('has one address, of its group’s part of a network that the engine made up, and a way out', async () => {
    const first = await start('sleep 60')
    const other = await start('sleep 60', { group: 'others' })
    const [, prefix, group, host] =
      /^(fd[0-9a-f]{2}(?::[0-9a-f]+){2}):([0-9a-f]+)::([0-9a-f]+)$/.exec(first.address6 ?? '') ?? []
    expect(JSON.parse(readFileSync(`${site.home.home}/ipv6-prefix.json`, 'utf8'))).toEqual({ prefix })
    expect(other.address6).toMatch(new RegExp(`^${prefix}:(?!${group}:)[0-9a-f]+::`))
    expect(Number.parseInt(host ?? '', 16) % 256).toBe(Number(first.address?.split('.')[3]))
    expect((await site.engine.containers.get(first.id)).address6).toBe(first.address6)

    const addresses = await inside(first, 'ip', '-6', '-o', 'addr', 'show', 'dev', 'eth0')
    expect(addresses.trim().split('\n')).toEqual([
      expect.stringContaining(`inet6 ${first.address6}/118 scope global nodad`),
    ])
    const way = await inside(first, 'ip', '-6', 'route', 'show', 'default')
    expect(way).toContain(`default via ${prefix}:${group}::1 dev eth0`)
    const settings = ['accept_ra', 'autoconf', 'accept_redirects']
    const values = settings.map((name) => inside(first, 'cat', `/proc/sys/net/ipv6/conf/eth0/${name}`))
    expect(await Promise.all(values)).toEqual(['0\n', '0\n', '0\n'])
  })

  test('has none without a network', async () => {
    const { address6, pid } = await start('sleep 60', { network: 'none' })
    expect(address6).toBeNull()
    expect(await inside({ pid }, 'ip', '-6', 'route')).toBe('')
  })

  test('can use it from its first moment on; behind its machine, that alone is seen', async () => {
    const { lines } = await run(`nc ${far.address6} ${far.port} < /dev/null`)
    expect(lines).toEqual([`hello ${far.gateway6}`])
  })

  test('is reached there by its machine, and not from behind it', async () => {
    const { address6 } = await start(greet)
    await expect.poll(() => ask(address6, 7000), soon).toBe('hello\n')
    expect(await far.ask(address6 ?? '', 7000)).toBe('')
  })

  test('reaches its own group and no other, but by a link, which goes one way and ends', async () => {
    const server = await start(greet, { group: 'one', name: 'server' })
    const own = await start('sleep 600', { group: 'one' })
    const other = await start(greet, { group: 'two' })
    const links = [{ container: 'server', alias: 'db' }]
    const linked = await start(greet, { group: 'three', links })
    await expect.poll(() => call(own, server.address6, 7000), soon).toBe('hello\n')
    expect(await call(other, server.address6, 7000)).toBe('')
    await expect.poll(() => call(linked, server.address6, 7000), soon).toBe('hello\n')
    expect(await call(server, linked.address6, 7000)).toBe('')
    await site.engine.containers.remove(server.id)
    const again = await start(greet, { group: 'one', name: 'other' })
    await expect.poll(() => ask(again.address6, 7000), soon).toBe('hello\n')
    expect(await call(linked, again.address6, 7000)).toBe('')
  })

  test('knows others by both addresses, and itself by the one that the front door calls', async () => {
    const server = await start('sleep 60', { group: 'one', name: 'server' })
    const links = [{ container: 'server', alias: 'db' }]
    const { lines } = await run('cat /etc/hosts', { group: 'two', hostname: 'web', links })
    const names = `db server ${server.id.slice(0, 12)}`
    expect(lines.slice(2)).toEqual([`${server.address} ${names}`, `${server.address6} ${names}`])
    expect(lines.slice(0, 2)).toEqual(['127.0.0.1 localhost', expect.stringMatching(/^\d+\.\S+ web$/)])
  })

  test('reaches nothing on its machine: on the bridge, elsewhere, by link-local addresses, by all at once', async () => {
    const heard: string[] = []
    const server = createServer((socket) => {
      heard.push(String(socket.remoteAddress))
      socket.on('error', () => {}).end('secret')
    }).listen(0, '::')
    const datagrams = createSocket('udp6', (bytes) => heard.push(String(bytes))).bind(0, '::')
    await Promise.all([once(server, 'listening'), once(datagrams, 'listening')])
    const [tcp, udp] = [(server.address() as { port: number }).port, datagrams.address().port]
    const container = await start('sleep 60')
    const gateway = container.address6?.replace(/[^:]+$/, '1') ?? ''
    for (const address of [gateway, far.gateway6, 'fe80::1%eth0']) {
      expect(await call(container, address, tcp), address).toBe('')
    }
    for (const address of [gateway, far.gateway6, 'fe80::1%eth0', 'ff02::1%eth0']) {
      await inside(container, process.execPath, '-e', sender, address, String(udp))
    }
    const here = createSocket('udp6')
    here.send('from the machine itself', udp, '::1')
    await expect.poll(() => heard, soon).toEqual(['from the machine itself'])
    here.close()
    server.close()
    datagrams.close()
  })

  test('keeps its address, its way and its links while the engine is away', async () => {
    const server = await start(greet, { group: 'one', name: 'server' })
    const links = [{ container: 'server', alias: 'db' }]
    const client = await start('sleep 600', { group: 'two', links })
    await site.reopen()
    expect((await site.engine.containers.get(client.id)).address6).toBe(client.address6)
    await expect.poll(() => call(client, server.address6, 7000), soon).toBe('hello\n')
    expect(await call(client, far.address6, far.port)).toBe(`hello ${far.gateway6}\n`)
    expect((await start('sleep 60', { group: 'two' })).address6).not.toBe(client.address6)
  })
})

/** Says what a port answers; nothing where nobody does. */
const caller = `
  const socket = require('node:net').connect({ host: process.argv[1], port: process.argv[2], timeout: 1000 })
  socket.on('data', (bytes) => process.stdout.write(bytes))
  socket.on('timeout', () => socket.destroy()).on('error', () => {})
`

const sender = `
  const socket = require('node:dgram').createSocket('udp6')
  socket.send('from a container', process.argv[2], process.argv[1], () => socket.close())
`
