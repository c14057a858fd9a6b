import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'
import { afterEach, expect, test } from 'vitest'
import { inNetworkOf } from '../system/namespaces.ts'
import { connectCable, makeBridge } from './links.ts'

const bridge = `bt${process.pid.toString(16)}`
const ip = (...words: string[]) => localRunner.run(command('ip', ...words))
const subnet6 = 'fd00:db8:1:23f::'
const addressOf = async () => (await readFile(`/sys/class/net/${bridge}/address`, 'utf8')).trim()

afterEach(async () => {
  await ip('link', 'delete', bridge)
})

test('a bridge keeps its hardware address when a cable with a lower one comes and goes', async () => {
  makeBridge({ bridge, subnet: '10.255.248.0/22', subnet6, mtu: 1500 })
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
  const cable = `${bridge}c`
  await ip('link', 'add', cable, 'address', '02:00:00:00:00:01', 'type', 'veth', 'peer', 'name', `${bridge}p`)
  await ip('link', 'set', cable, 'master', bridge)
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
  await ip('link', 'delete', cable)
  expect(await addressOf()).toBe('02:42:0a:ff:f8:01')
})

test('a cable leads from a bridge into the network of a process, and this thread comes back from there', async () => {
  const holder = localRunner.start(command('unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 60'))
  await once(holder.stdout as Readable, 'data')
  const pid = holder.pid as number
  const own = readlinkSync('/proc/thread-self/ns/net')
  const cable = `${bridge}c`
  const plug = {
    ...{ cable, bridge, subnet: '10.255.248.0/22', subnet6 },
    ...{ address: '10.255.248.9', address6: `${subnet6}9` },
  }
  makeBridge({ ...plug, mtu: 1400 })
  connectCable(plug, { pid, isolated: true, mtu: 1400 })

  const inside = await localRunner.run(command('nsenter', `--net=/proc/${pid}/ns/net`, 'ip', '-o', 'addr'))
  expect(inside.stdout).toMatch(/eth0\s+inet 10\.255\.248\.9\/22/)
  const routes = await localRunner.run(command('nsenter', `--net=/proc/${pid}/ns/net`, 'ip', 'route'))
  expect(routes.stdout).toContain('default via 10.255.248.1 dev eth0')
  expect(inside.stdout).toMatch(/eth0\s+inet6 fd00:db8:1:23f::9\/118 scope global nodad/)
  const routes6 = await localRunner.run(command('nsenter', `--net=/proc/${pid}/ns/net`, 'ip', '-6', 'route'))
  expect(routes6.stdout).toContain('default via fd00:db8:1:23f::1 dev eth0')
  const outside = await ip('-d', 'link', 'show', cable)
  expect(outside.stdout).toMatch(/mtu 1400 .*master bt/)
  expect(outside.stdout).toContain('isolated on')
  expect((await ip('-o', '-6', 'addr', 'show', 'dev', cable)).stdout).toBe('')
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own)

  expect(() => connectCable(plug, { pid, isolated: true, mtu: 1400 })).toThrow(/EEXIST/)
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own)
  holder.kill('SIGKILL')
  await holder.exited
})

test('this thread comes back from another network also when its work there fails', () => {
  const own = readlinkSync('/proc/thread-self/ns/net')
  makeBridge({ bridge, subnet: '10.255.248.0/22', subnet6, mtu: 1500 })
  const fail = () => {
    throw new Error('inside')
  }
  expect(() => inNetworkOf(process.pid, fail)).toThrow('inside')
  expect(() => inNetworkOf(2 ** 30, fail)).toThrow('ENOENT')
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own)
})
