import { describe, expect, test } from 'vitest'
import type { Route, Target } from './front-door.ts'
import {
  adminCommand,
  type Change,
  planChanges,
  type RuntimeServer,
  type RuntimeState,
} from './plan-changes.ts'

const a: Target = { name: 'web.1-a', address: '10.0.0.1', port: 5000 }
const b: Target = { name: 'web.1-b', address: '10.0.0.2', port: 5000 }
const route = (...targets: Target[]): Route => ({
  id: 'app',
  title: 'shop',
  hosts: ['shop.localhost'],
  pathPrefix: null,
  state: 'live',
  targets,
})
const server = (target: Target, admin: RuntimeServer['admin'] = 'open'): RuntimeServer => ({
  ...target,
  backend: 'route_app',
  admin,
})
const state = (servers: RuntimeServer[], maps: Partial<RuntimeState['maps']> = {}): RuntimeState => ({
  identity: '',
  servers,
  maps: {
    'hosts.map': [['shop.localhost', 'route_app']],
    'prefixes.map': [],
    ...maps,
  },
  certificates: null,
})
const commands = (current: RuntimeState, ...targets: Target[]) =>
  planChanges(current, { routes: [route(...targets)] }).map((change) =>
    change.kind === 'forget-server'
      ? `(forget ${change.backend}/${change.name})`
      : adminCommand(change as never),
  )

describe('changes to a running HAProxy', () => {
  test('are none where it is as the table says', () => {
    expect(commands(state([server(a)]), a)).toEqual([])
  })

  test('add the new target before the old one is drained', () => {
    expect(commands(state([server(a)]), b)).toEqual([
      'add server route_app/web.1-b 10.0.0.2:5000 maxconn 2000',
      'set server route_app/web.1-b state ready',
      'set server route_app/web.1-a state drain',
    ])
  })

  test('open a target that was drained, closed, or left closed by a crash', () => {
    const open = ['set server route_app/web.1-a state ready']
    expect(commands(state([server(a, 'drain')]), a)).toEqual(open)
    expect(commands(state([server(a, 'closed')]), a)).toEqual(open)
  })

  test('forget what gets no requests any more', () => {
    expect(commands(state([server(a), server(b, 'drain')]), a)).toEqual(['(forget route_app/web.1-b)'])
    expect(commands(state([server(a), server(b, 'closed')]), a)).toEqual(['(forget route_app/web.1-b)'])
  })

  test('leave servers alone that belong to no route', () => {
    const own = { ...server(b), backend: 'next_worker' }
    expect(commands(state([server(a), own]), a)).toEqual([])
  })

  test('move a target whose address is another', () => {
    expect(commands(state([server({ ...a, port: 1 })]), a)).toEqual([
      'set server route_app/web.1-a addr 10.0.0.1 port 5000',
    ])
  })

  test('correct map entries in one step each', () => {
    const hosts = [
      ['shop.localhost', 'route_other'],
      ['old.localhost', 'route_app'],
      ['old.localhost', 'route_app'],
    ] as const
    expect(commands(state([server(a)], { 'hosts.map': hosts }), a)).toEqual([
      'set map hosts.map shop.localhost route_app',
      'del map hosts.map old.localhost',
    ])
    expect(commands(state([server(a)], { 'hosts.map': [] }), a)).toEqual([
      'add map hosts.map shop.localhost route_app',
    ])
  })

  test('lead a host to its page before its last target goes, and back once there is one', () => {
    expect(commands(state([server(a)]))).toEqual([
      'set map hosts.map shop.localhost page_live',
      'set server route_app/web.1-a state drain',
    ])
    const paged = { 'hosts.map': [['shop.localhost', 'page_live']] } as const
    expect(commands(state([], paged), a)).toEqual([
      'add server route_app/web.1-a 10.0.0.1:5000 maxconn 2000',
      'set server route_app/web.1-a state ready',
      'set map hosts.map shop.localhost route_app',
    ])
  })

  test('tell where the paths of a host lead before it leads to them, and forget it after', () => {
    const paths = { ...route(a), pathPrefix: '/git/' }
    const told = (current: RuntimeState, ...routes: Route[]) =>
      planChanges(current, { routes }).map((change) => adminCommand(change as never))
    expect(told(state([server(a)]), paths)).toEqual([
      'add map prefixes.map shop.localhost//git/ route_app',
      'set map hosts.map shop.localhost by_path',
    ])
    const divided = {
      'hosts.map': [['shop.localhost', 'by_path']],
      'prefixes.map': [['shop.localhost//git/', 'route_app']],
    } as const
    expect(told(state([server(a)], divided), route(a))).toEqual([
      'set map hosts.map shop.localhost route_app',
      'del map prefixes.map shop.localhost//git/',
    ])
  })

  test('write an IPv6 address as HAProxy wants it', () => {
    const change: Change = { kind: 'add-server', backend: 'route_app', target: { ...a, address: 'fd00::1' } }
    expect(adminCommand(change)).toBe('add server route_app/web.1-a [fd00::1]:5000 maxconn 2000')
  })
})
