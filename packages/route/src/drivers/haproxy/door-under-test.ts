import { Agent } from 'node:http'
import { afterEach, beforeEach } from 'vitest'
import type { FrontDoor, Route, RouteTable, Target } from '../../front-door.ts'
import { openHaproxy } from '../haproxy.ts'
import { haproxySocket } from './socket.ts'
import { type Reply, send, startBackend, type TestBackend } from './test-backend.ts'
import { startHaproxy, type TestHaproxy } from './test-haproxy.ts'

export const host = 'shop.localhost'

/** A front door over a real HAProxy with the backends `web.1-a` and `web.1-b`, all of it new for each test. */
export type DoorUnderTest = {
  haproxy: TestHaproxy
  backends: TestBackend[]
  door: FrontDoor
  target(index: number): Target
  ask(path?: string, headers?: Record<string, string>): Promise<Reply>
  /** The servers that HAProxy has. */
  serverNames(): Promise<string[]>
  /** Four clients that keep their connection and two that make a new one for each request, until `stop`. */
  startLoad(): { stop(): Promise<{ failures: string[]; answered: number }> }
}

/** Called where a file of tests begins. */
export function doorUnderTest(): DoorUnderTest {
  const site = {} as DoorUnderTest
  beforeEach(async () => {
    site.haproxy = await startHaproxy()
    site.backends = [await startBackend('web.1-a'), await startBackend('web.1-b')]
    site.door = openHaproxy(site.haproxy.options)
  })
  afterEach(async () => {
    await site.haproxy.close()
    await Promise.all(site.backends.map((backend) => backend.close()))
  })
  const asking = (path: string, options: Parameters<typeof send>[3]) =>
    send(site.haproxy.options.httpPort, host, path, options)
  return Object.assign(site, {
    target: (index: number) => (site.backends[index] as TestBackend).target,
    ask: (path = '/', headers: Record<string, string> = {}) => asking(path, { headers }),
    async serverNames() {
      const state = await haproxySocket('admin', site.haproxy.options.adminSocket)('show servers state')
      return [...state.matchAll(/^\d+ route_\S+ \d+ (\S+)/gm)].map(([, name]) => name ?? '')
    },
    startLoad: () => startLoad((options) => asking('/', options)),
  })
}

export const table = (...targets: Target[]): RouteTable => ({ routes: [route('app-1', [host], targets)] })

export const route = (id: string, hosts: string[], targets: Target[]): Route => ({
  id,
  title: id,
  hosts,
  targets,
  pathPrefix: null,
  state: 'live',
})

function startLoad(ask: (options: { agent?: Agent }) => Promise<Reply>) {
  const stopping = new AbortController()
  const failures: string[] = []
  let answered = 0
  const client = async (agent: Agent | undefined) => {
    while (!stopping.signal.aborted) {
      try {
        const { status } = await ask(agent === undefined ? {} : { agent })
        if (status === 200) answered++
        else failures.push(`status ${status}`)
      } catch (error) {
        failures.push(String(error))
      }
    }
    agent?.destroy()
  }
  const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })
  const clients = Promise.all(
    [keepAlive(), keepAlive(), keepAlive(), keepAlive(), undefined, undefined].map(client),
  )
  return {
    async stop() {
      stopping.abort()
      await clients
      return { failures, answered }
    },
  }
}
