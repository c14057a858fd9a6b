import type { Engine } from '@berth/engine'
import { type AppRoute, reachedTypes } from './app-route.ts'
import { type Facts, type Instance, label, readInstance, type Slot } from './instance.ts'
import type { Current } from './plan-deploy.ts'

/** What is there of one app, as the planner wants to know it. */
export async function observeApp(given: {
  appId: string
  engine: Engine
  facts: Facts
  route: AppRoute
  resting: readonly Slot[]
}): Promise<Current> {
  const instances = await instancesOf(given.engine, given.facts, { [label.app]: given.appId })
  const { route, resting } = given
  return { instances, routed: route.routed(), reached: reachedTypes(route), resting }
}

/** Oldest first. */
export async function instancesOf(
  engine: Engine,
  facts: Facts,
  labels: Readonly<Record<string, string>> = {},
): Promise<Instance[]> {
  const containers = await engine.containers.list(labels)
  return containers
    .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .flatMap((container) => readInstance(container, facts) ?? [])
}
