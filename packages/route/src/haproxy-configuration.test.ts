import { describe, expect, test } from 'vitest'
import type { Route, RouteTable } from './front-door.ts'
import {
  type ConfigurationOptions,
  configurationIdentity,
  haproxyConfiguration,
} from './haproxy-configuration.ts'
import { haproxyMaps, mapText } from './haproxy-maps.ts'

const options: ConfigurationOptions = {
  adminSocket: '/run/berth/front-door/admin.sock',
  httpPort: 8080,
  tls: { port: 8443, defaultCertificate: '/var/lib/berth/front-door/default.pem' },
  trustedProxies: [],
  addresses: ['0.0.0.0', '[::]'],
  dropTo: { user: 'haproxy', group: 'haproxy', jail: '/var/lib/berth/front-door/jail' },
  threads: 2,
  maxConnections: 8000,
}

const shop: Route = {
  id: 'b',
  title: 'shop',
  hosts: ['shop.localhost', 'shop.test'],
  pathPrefix: null,
  state: 'live',
  targets: [
    { name: 'web.1-a', address: '10.1.0.2', port: 5000 },
    { name: 'web.2-b', address: 'fd00::2', port: 80 },
  ],
}
const git: Route = {
  ...shop,
  id: 'a',
  hosts: ['berth.localhost'],
  pathPrefix: '/git/',
  state: 'empty',
  targets: [],
}
const table: RouteTable = { routes: [shop, git] }

const lines = (of: RouteTable, given = options) =>
  haproxyConfiguration(of, given)
    .split('\n')
    .map((line) => line.trim())

describe('the configuration of HAProxy', () => {
  test('has a backend a route, in the order of their ids, and a server a target', () => {
    const all = lines(table)
    expect(all.slice(all.indexOf('backend route_a'))).toEqual([
      'backend route_a',
      'http-request deny deny_status 503 if { be_conn gt 4000 }',
      '',
      'backend route_b',
      'http-request deny deny_status 503 if { be_conn gt 4000 }',
      'server web.1-a 10.1.0.2:5000 maxconn 2000',
      'server web.2-b [fd00::2]:80 maxconn 2000',
      '',
    ])
  })

  test('listens on both kinds of addresses, and gives up root', () => {
    expect(lines(table)).toEqual(
      expect.arrayContaining([
        'bind 0.0.0.0:8080',
        'bind [::]:8080 v6only',
        'user haproxy',
        'group haproxy',
        'chroot /var/lib/berth/front-door/jail',
        'stats socket /run/berth/front-door/admin.sock mode 660 level admin expose-fd listeners',
        'maxconn 8000',
        'nbthread 2',
        'hard-stop-after 1h',
      ]),
    )
  })

  test('has a replaced worker hand requests over, through a socket that its jail lets it see', () => {
    expect(lines(table)).toEqual(
      expect.arrayContaining([
        'bind unix@/var/lib/berth/front-door/jail/next.sock accept-proxy mode 600 user haproxy',
        'use_backend next_worker if { stopping }',
        'server next unix@/next.sock send-proxy-v2',
      ]),
    )
  })

  test('names no user where whoever starts it has none to give up', () => {
    const text = haproxyConfiguration(table, { ...options, dropTo: null })
    expect(text).not.toMatch(/^ *(user|group|chroot) /m)
  })

  test('bounds every wait, and sends to another target only what no app has seen', () => {
    const text = haproxyConfiguration(table, options)
    for (const wait of [
      'connect',
      'http-request',
      'http-keep-alive',
      'client',
      'server',
      'queue',
      'tunnel',
    ]) {
      expect(text).toMatch(new RegExp(`^  timeout ${wait} \\d+(s|h)$`, 'm'))
    }
    expect(lines(table)).toEqual(expect.arrayContaining(['retry-on conn-failure', 'option redispatch 1']))
  })

  test('holds neither a title nor a host: names are in maps, titles nowhere', () => {
    expect(haproxyConfiguration(table, options)).not.toMatch(/shop/)
  })

  test('keeps its identity when targets, hosts and states change, and no longer', () => {
    const identity = configurationIdentity(table, options)
    const moved: Route = { ...shop, targets: [], hosts: ['other.localhost'], state: 'crashed', title: 'new' }
    expect(configurationIdentity({ routes: [git, moved] }, options)).toBe(identity)
    expect(configurationIdentity({ routes: [git] }, options)).not.toBe(identity)
    expect(configurationIdentity(table, { ...options, httpPort: 80 })).not.toBe(identity)
    expect(haproxyConfiguration(table, options)).toContain(`setenv BERTH_CONFIGURATION ${identity}`)
  })
})

describe('the maps of HAProxy', () => {
  const maps = (...routes: Route[]) =>
    Object.values(haproxyMaps({ routes }, { tls: false }))
      .slice(0, 2)
      .map((entries) => mapText(entries).trimEnd().split('\n'))

  test('lead a host to the backend of its route, and to a page where that has no target', () => {
    const empty: Route = { ...git, pathPrefix: null }
    expect(maps(shop, empty)).toEqual([
      ['berth.localhost page_empty', 'shop.localhost route_b', 'shop.test route_b'],
      [''],
    ])
  })

  test('tell hosts apart whose paths lead to several routes', () => {
    const dashboard: Route = { ...shop, id: 'c', hosts: ['berth.localhost'] }
    expect(maps(shop, git, dashboard)).toEqual([
      ['berth.localhost by_path', 'shop.localhost route_b', 'shop.test route_b'],
      ['berth.localhost/ route_c', 'berth.localhost//git/ page_empty'],
    ])
  })
})
