import { setTimeout as sleep } from 'node:timers/promises'
import {
  acceptsConnection,
  instancesOf,
  label,
  type RouteTarget,
  reachedTypes,
  routeTargetOf,
} from '@berth/deploy'
import { web } from '@berth/domain'
import type { KeeperParts } from './keeper.ts'
import type { KeptApp } from './kept-app.ts'

const patienceMs = 2_000

/**
 * What a new worker finds running: who accepts connections is healthy, and is routed from the start, so that the first
 * route table is as good as the one that the last worker left.
 */
export async function findAgain(parts: KeeperParts, kept: KeptApp): Promise<void> {
  const subject = kept.keeping?.undertaking.subject
  if (!subject) return
  const { engine, facts, routes } = parts
  const labels = { [label.app]: kept.id, [label.deployment]: subject.deploymentId }
  const running = (await instancesOf(engine, facts, labels)).filter(({ state }) => state === 'running')
  const route = routes.of(kept.id)
  const reached = reachedTypes(route)
  const targets: RouteTarget[] = []
  await Promise.all(
    running.map(async ({ containerId, type }) => {
      if (!reached.includes(type)) return
      const target = routeTargetOf(await engine.containers.get(containerId), subject.port)
      const port = type === web ? subject.port : route.ports().find((led) => led.type === type)?.port
      const healthy = await Promise.race([
        acceptsConnection({ ...target, port: port ?? subject.port }),
        sleep(patienceMs, false, { ref: false }),
      ])
      if (healthy) facts.healthy.add(containerId)
      if (healthy) targets.push(target)
    }),
  )
  routes.preset(kept.id, targets)
}
