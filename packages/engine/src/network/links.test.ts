import { readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { afterEach, expect, test } from 'vitest'
import { inNetworkOf } from '../system/namespaces.ts'
import { makePrivateNetwork } from '../testing/private-network.ts'
import { readHostIpv6 } from './host-ipv6.ts'
import { connectCable, makeBridge } from './links.ts'

const bridge = `bt${process.pid.toString(16)}`
const ip = (...words: string[]) => localRunner.run(command('ip', ...words))
const hasIpv6 = readHostIpv6() === 'on'
const subnet6 = hasIpv6 ? 'fd00:db8:1:23f::' : null
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
  const network = await makePrivateNetwork()
  const { pid } = network
  const own = readlinkSync('/proc/thread-self/ns/net')
  const cable = `${bridge}c`
  const plug = {
    ...{ cable, bridge, subnet: '10.255.248.0/22', subnet6 },
    ...{ address: '10.255.248.9', address6: subnet6 && `${subnet6}9` },
  }
  makeBridge({ ...plug, mtu: 1400 })
  connectCable(plug, { pid, isolated: true, mtu: 1400 })

  const inside = await network.run('ip', '-o', 'addr')
  expect(inside).toMatch(/eth0\s+inet 10\.255\.248\.9\/22/)
  expect(await network.run('ip', 'route')).toContain('default via 10.255.248.1 dev eth0')
  if (hasIpv6) {
    expect(inside).toMatch(/eth0\s+inet6 fd00:db8:1:23f::9\/118 scope global nodad/)
    expect(await network.run('ip', '-6', 'route')).toContain('default via fd00:db8:1:23f::1 dev eth0')
  }
  const outside = await ip('-d', 'link', 'show', cable)
  expect(outside.stdout).toMatch(/mtu 1400 .*master bt/)
  expect(outside.stdout).toContain('isolated on')
  expect((await ip('-o', '-6', 'addr', 'show', 'dev', cable)).stdout).toBe('')
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own)

  expect(() => connectCable(plug, { pid, isolated: true, mtu: 1400 })).toThrow(/EEXIST/)
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own)
  await network.remove()
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

test.runIf(hasIpv6)(
  'a bridge that a former version left without IPv6 gets it, and loses it where the machine has none',
  async () => {
    const addresses = async () => (await ip('-6', '-o', 'addr', 'show', 'dev', bridge)).stdout
    const given = { bridge, subnet: '10.255.248.0/22', mtu: 1500 }
    makeBridge({ ...given, subnet6: null })
    expect(await addresses()).toBe('')
    makeBridge({ ...given, subnet6 })
    makeBridge({ ...given, subnet6 })
    expect(await addresses()).toMatch(/inet6 fd00:db8:1:23f::1\/118 scope global nodad/)
    expect(await addresses()).toMatch(/inet6 fe80::1\/64 scope link nodad/)
    expect((await readFile(`/proc/sys/net/ipv6/conf/${bridge}/accept_ra`, 'utf8')).trim()).toBe('0')
    makeBridge({ ...given, subnet6: null })
    expect(await addresses()).toBe('')
  },
)
