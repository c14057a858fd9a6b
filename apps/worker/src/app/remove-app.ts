import { rm } from 'node:fs/promises'
import { label, patiently } from '@berth/deploy'
import { places } from '@berth/domain'
import type { Processors } from '@berth/queue'
import type { RunningDrains } from '../logs/open-drains.ts'
import type { IncomingLogs } from '../logs/open-logs.ts'
import type { Metrics } from '../metrics/open-metrics.ts'
import type { Parts } from '../parts.ts'
import type { RunningStages } from '../stages/running-stages.ts'
import type { Keeper } from './keeper.ts'
import type { Routes } from './routes.ts'

const stopTimeoutMs = 10_000

/**
 * Everything of an app goes: its stages, its route, its containers, its repository and logs, and last its records, so
 * that after a crash at any place the job that comes back still finds what is left.
 */
export function removeAppProcessor(
  parts: Parts & {
    keeper: Keeper
    routes: Routes
    running: RunningStages
    incomingLogs: IncomingLogs
    metrics: Pick<Metrics, 'forget'>
    runningDrains: Pick<RunningDrains, 'look'>
  },
): Processors['remove-app'] {
  return async ({ appId }, { signal }) => {
    const { stores, keeper, routes, running, engine } = parts
    const app = await patiently(() => stores.apps.get(appId), signal)
    await running.cancelApp(appId)
    await keeper.release(appId)
    routes.forget(appId)
    await patiently(() => routes.apply(), signal)
    for (const { id } of await engine.containers.list({ [label.app]: appId })) {
      await engine.containers.stop(id, { timeoutMs: stopTimeoutMs })
      await engine.containers.remove(id)
    }
    if (app === null) return
    await parts.removeRepository(app)
    await parts.runningDrains.look()
    await parts.incomingLogs.forget(app.id)
    await parts.metrics.forget(app.id)
    await rm(`${places(parts.settings).appLogs}/${app.id}`, { recursive: true, force: true })
    await patiently(() => stores.apps.remove(appId), signal)
  }
}
