import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, localRunner } from '@berth/command'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groupPlaces, openGroupRecords, rangeOf } from '../container/group-records.ts'
import { chooseSubnet } from './choose-subnet.ts'
import { droppingTables } from './dropped-forwarding.ts'
import { ruleset } from './firewall.ts'
import { readHostNetwork, readResolvers } from './host-network.ts'
import { formatAddress, formatBlock, overlap, parseAddress, parseBlock } from './ipv4.ts'
import { nameFiles } from './name-files.ts'

describe('addresses', () => {
  test('are numbers and back', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => formatAddress(parseAddress(text)) === text))
    expect(formatBlock(parseBlock('10.1.2.3/22'))).toBe('10.1.0.0/22')
    expect(() => parseAddress('10.1.2.300')).toThrow()
  })

  test('overlap when one block holds the other', () => {
    const blocks = (one: string, other: string) => overlap(parseBlock(one), parseBlock(other))
    expect(blocks('10.0.0.0/8', '10.64.4.0/22')).toBe(true)
    expect(blocks('10.64.4.1', '10.64.4.0/22')).toBe(true)
    expect(blocks('10.64.0.0/22', '10.64.4.0/22')).toBe(false)
  })
})

describe('a subnet is chosen', () => {
  test('at the engine’s own place', () => {
    expect(formatBlock(chooseSubnet(0, []))).toBe('10.64.0.0/22')
    expect(formatBlock(chooseSubnet(4095, []))).toBe('10.127.252.0/22')
  })

  test('beside what is taken, in another pool if it must be', () => {
    const taken = ['10.64.0.0/21', '10.64.8.0/24'].map(parseBlock)
    expect(formatBlock(chooseSubnet(0, taken))).toBe('10.64.12.0/22')
    expect(formatBlock(chooseSubnet(0, ['10.0.0.0/8'].map(parseBlock)))).toBe('172.24.0.0/22')
  })

  test('or refused, when the machine uses everything', () => {
    const all = [parseBlock('0.0.0.0/0')]
    expect(() => chooseSubnet(7, all)).toThrow(expect.objectContaining({ code: 'CONTAINER.NO_ROOM' }))
  })
})

test('nftables accepts the rules, with and without groups', async () => {
  const firewall = { table: 'berth_check', bridgePrefix: 'bcheck' }
  const groups = [
    { bridge: 'bcheck000', subnet: '10.64.0.0/22', subnet6: null },
    { bridge: 'bcheck001', subnet: '10.64.4.0/22', subnet6: 'fd12:3456:789a:1::' },
  ]
  for (const state of [
    { groups: [], resolvers: [], prefix6: null },
    { groups, resolvers: ['192.0.2.53', '2001:db8::53'], prefix6: 'fd12:3456:789a' },
  ]) {
    await localRunner.run(command('nft', '--check', '-f', '-'), { input: ruleset(firewall, state) })
  }
})

test('a firewall of another that drops what is routed is told apart from ours', async () => {
  const base = (family: string, table: string, hook: string, policy: string) => ({
    chain: { family, table, name: 'x', handle: 1, type: 'filter', hook, prio: 0, policy },
  })
  const json = JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6' } },
      base('ip', 'filter', 'forward', 'drop'),
      base('ip6', 'filter', 'forward', 'drop'),
      base('ip', 'filter', 'input', 'drop'),
      base('inet', 'ours', 'forward', 'drop'),
      base('inet', 'fine', 'forward', 'accept'),
      { chain: { family: 'ip', table: 'filter', name: 'DOCKER-USER', handle: 2 } },
    ],
  })
  expect(droppingTables(json, 'ours', ['ip', 'inet'])).toEqual(['ip filter'])
  expect(droppingTables(json, 'ours', ['ip', 'ip6', 'inet'])).toEqual(['ip filter', 'ip6 filter'])
  const { stdout } = await localRunner.run(command('nft', '-j', 'list', 'chains'))
  expect(() => droppingTables(stdout, 'ours', ['inet'])).not.toThrow()
})

test('the machine’s own network is read', async () => {
  const { taken, mtu } = await readHostNetwork(localRunner)
  expect(taken.length).toBeGreaterThan(0)
  expect(mtu).toBeGreaterThan(1000)
})

describe('with a directory', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'berth-network-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text)
    return join(directory, name)
  }

  test('a resolver on the loopback leads to systemd’s own list, or to public ones', async () => {
    const stub = await file('stub', 'nameserver 127.0.0.53\nsearch example.org\n')
    const real = await file('real', 'nameserver 192.0.2.1\nnameserver fe80::1\noptions edns0 trust-ad\n')
    expect(await readResolvers(true, [stub, real])).toEqual({
      servers: ['192.0.2.1'],
      search: [],
      options: ['edns0'],
    })
    expect(await readResolvers(true, [stub, join(directory, 'missing')])).toEqual({
      servers: ['8.8.8.8', '8.8.4.4'],
      search: ['example.org'],
      options: [],
    })
  })

  test('a resolver with an IPv6 address is asked where there is no other, and containers can', async () => {
    const six = await file('six', 'nameserver 2001:db8::53\nnameserver fe80::1%eth0\nnameserver ::1\n')
    const both = await file('both', 'nameserver 2001:db8::53\nnameserver 192.0.2.1\n')
    expect((await readResolvers(true, [six])).servers).toEqual(['2001:db8::53'])
    expect((await readResolvers(false, [six])).servers).toEqual(['8.8.8.8', '8.8.4.4'])
    expect((await readResolvers(true, [both])).servers).toEqual(['192.0.2.1'])
  })

  test('groups keep their places, and a place that became free comes last', async () => {
    const nobody = () => new Set<string>()
    const home = join(directory, 'groups')
    const first = await openGroupRecords(home, 4094)
    const places = []
    for (const name of ['a', 'b', 'c', 'a']) places.push((await first.ensure(name, nobody)).place)
    expect(places).toEqual([4094, 4095, 0, 4094])

    const second = await openGroupRecords(home, 4094)
    expect((await second.ensure('b', nobody)).place).toBe(4095)
    expect((await second.ensure('d', nobody)).place).toBe(1)
  })

  test('two who ask at one time for one group get the same', async () => {
    const groups = await openGroupRecords(join(directory, 'at-once'), 5)
    const nobody = () => new Set<string>()
    const all = await Promise.all([groups.ensure('x', nobody), groups.ensure('x', nobody)])
    expect(all[0]).toEqual(all[1])
  })
})

test('ranges never meet and never leave 31 bits', () => {
  const last = rangeOf({ place: groupPlaces - 1 })
  expect(rangeOf({ place: 1 }).start - rangeOf({ place: 0 }).start).toBe(65_536)
  expect(last.start + last.size - 1).toBe(2 ** 31 - 1)
})

test('name files say who the container is and whom it asks', () => {
  const resolvers = { servers: ['192.0.2.1'], search: ['example.org'], options: ['edns0'] }
  expect(nameFiles({ hostname: 'web.1', address: '10.64.0.2', resolvers })).toEqual({
    hosts: '127.0.0.1 localhost\n10.64.0.2 web.1\n',
    hostname: 'web.1\n',
    resolvers: 'nameserver 192.0.2.1\nsearch example.org\noptions edns0\n',
  })
})
