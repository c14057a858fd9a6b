import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { advertiseRouter } from '../testing/advertise-router.ts'
import { makePrivateNetwork, type PrivateNetwork } from '../testing/private-network.ts'
import { readHostIpv6 } from './host-ipv6.ts'
import { routeIpv6Packets } from './route-packets.ts'

describe.runIf(readHostIpv6() === 'on')('a machine that has its address from a router', () => {
  let machine: PrivateNetwork
  let router: PrivateNetwork

  beforeEach(async () => {
    machine = await makePrivateNetwork()
    router = await makePrivateNetwork()
    const cable = ['link', 'add', 'name', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0'] as const
    await machine.run('ip', ...cable, 'netns', String(router.pid))
    await router.run('ip', 'addr', 'add', 'fe80::99/64', 'dev', 'eth0', 'nodad')
    for (const each of [machine, router]) await each.run('ip', 'link', 'set', 'eth0', 'up')
  })
  afterEach(async () => {
    await machine.remove()
    await router.remove()
  })

  const hear = async (prefix: string) => {
    const addresses = async () => {
      await advertiseRouter(router.pid, prefix)
      return machine.run('ip', '-6', 'addr', 'show', 'dev', 'eth0')
    }
    await expect.poll(addresses, { timeout: 20_000, interval: 200 }).toContain(prefix.replace(/::$/, ':'))
  }
  const setting = async (name: string) => (await machine.run('cat', `/proc/sys/net/ipv6/conf/${name}`)).trim()
  const file = JSON.stringify(`${import.meta.dirname}/route-packets.ts`)
  const program = `const { routeIpv6Packets } = await import(${file}); console.log(await routeIpv6Packets())`
  const route = (before = 'true') => {
    const node = [process.execPath, '--input-type=module', '--eval', program] as const
    return machine.run('unshare', '--mount', 'sh', '-c', `${before} && exec "$@"`, 'sh', ...node)
  }

  test('keeps its way out when it begins to route, and hears of changes', async () => {
    await hear('2001:db8:1::')
    expect(await route()).toBe('true\n')
    expect(await setting('all/forwarding')).toBe('1')
    expect(await setting('eth0/accept_ra')).toBe('2')
    expect(await machine.run('ip', '-6', 'route', 'show', 'default')).toContain('proto ra')
    await hear('2001:db8:2::')
    await machine.run('ip', 'link', 'add', 'name', 'later', 'type', 'bridge')
    expect(await setting('later/accept_ra')).toBe('2')
  })

  test('that routes already is left as it is, and so is who does not listen', async () => {
    await machine.run('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1')
    expect(await route()).toBe('true\n')
    expect(await setting('eth0/accept_ra')).toBe('1')
    await machine.run('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=0', 'net.ipv6.conf.eth0.accept_ra=0')
    expect(await route()).toBe('true\n')
    expect(await setting('eth0/accept_ra')).toBe('0')
    expect(await setting('all/forwarding')).toBe('1')
  })

  test('that does not let itself be changed does not route', async () => {
    const settings = '/proc/sys/net/ipv6'
    const guard = `mount --bind ${settings} ${settings} && mount -o remount,ro,bind ${settings}`
    expect(await route(guard)).toBe('false\n')
    expect(await setting('all/forwarding')).toBe('0')
  })
})

test('where there is no IPv6 to route, none is routed', async () => {
  expect(readHostIpv6('/no/such/settings')).toBe('missing')
  expect(await routeIpv6Packets('/no/such/settings')).toBe(false)
})
