import { setTimeout as sleep } from 'node:timers/promises'
import { checkTable } from '../check-table.ts'
import type { FrontDoor, RouteCounters, RouteTable, Target } from '../front-door.ts'
import { lookUp } from '../look-up.ts'
import { statePages, unknownHostPage } from '../pages.ts'

/** A front door that remembers, for tests. `send` begins a request as a client would; `end` ends it. */
export type FakeFrontDoor = FrontDoor & {
  readonly table: RouteTable
  send(host: string, path: string): FakeRequest
}

export type FakeRequest = {
  status: number
  retryAfterSeconds: number | null
  target: Target | null
  end(): void
}

export function fakeFrontDoor(): FakeFrontDoor {
  let table: RouteTable = { routes: [] }
  const active = new Map<string, number>()
  const requests = new Map<string, number>()
  const add = (counts: Map<string, number>, key: string, by: number) =>
    counts.set(key, (counts.get(key) ?? 0) + by)

  return {
    get table() {
      return table
    },
    async apply(next) {
      checkTable(next)
      table = structuredClone(next)
    },
    async drained(routeId, targetName, timeoutMs) {
      const ports = (table.ports ?? []).filter((port) => port.routeId === routeId)
      const routes = [...table.routes.filter(({ id }) => id === routeId), ...ports]
      const wanted = routes.flatMap(({ targets }) => targets)
      if (wanted.some(({ name }) => name === targetName)) return false
      const deadline = Date.now() + timeoutMs
      while ((active.get(`${routeId}/${targetName}`) ?? 0) > 0) {
        if (Date.now() > deadline) return false
        await sleep(5)
      }
      return true
    },
    async counters(): Promise<RouteCounters[]> {
      return table.routes.map(({ id }) => ({
        routeId: id,
        activeRequests: [...active].reduce(
          (sum, [key, count]) => (key.startsWith(`${id}/`) ? sum + count : sum),
          0,
        ),
        requests: requests.get(id) ?? 0,
        errors: 0,
        statuses: [0, requests.get(id) ?? 0, 0, 0, 0],
      }))
    },
    send(host, path) {
      const route = lookUp(table, host, path)
      const target = route?.targets[(requests.get(route.id) ?? 0) % route.targets.length]
      if (route === undefined || target === undefined || route.state === 'maintenance') {
        const page = route === undefined ? unknownHostPage : statePages[route.state]
        return {
          status: page.status,
          retryAfterSeconds: page.retryAfterSeconds,
          target: null,
          end: () => undefined,
        }
      }
      const key = `${route.id}/${target.name}`
      add(requests, route.id, 1)
      add(active, key, 1)
      return { status: 200, retryAfterSeconds: null, target, end: () => void add(active, key, -1) }
    },
  }
}
