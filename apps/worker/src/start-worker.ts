import { setTimeout as sleep } from 'node:timers/promises'
import { noFacts, openRestartBook } from '@berth/deploy'
import { isDeploymentOver, places } from '@berth/domain'
import type { Processors, RunningProcessors } from '@berth/queue'
import { findAgain } from './app/find-again.ts'
import { openKeeper } from './app/keeper.ts'
import { removeAppProcessor } from './app/remove-app.ts'
import { restartInstancesProcessor } from './app/restart-instances.ts'
import { openRoutes, type Routes } from './app/routes.ts'
import { openCertificates } from './certificates/certificates.ts'
import { openChallenges } from './certificates/challenges.ts'
import { openCron } from './cron/cron.ts'
import { workerError } from './errors.ts'
import { openLiveServer } from './live/live-server.ts'
import { openRunningDrains } from './logs/open-drains.ts'
import { openIncomingLogs } from './logs/open-logs.ts'
import { watchInstances } from './logs/record-deaths.ts'
import { sayingScales } from './logs/say-scales.ts'
import { openMetrics } from './metrics/open-metrics.ts'
import { countRestarts } from './metrics/restart-counts.ts'
import { notifyProcessor } from './notices/deliver-notice.ts'
import { openDiskWatch } from './notices/watch-disk.ts'
import { openTroubles } from './notices/watch-troubles.ts'
import { openOneOffs } from './one-off/one-offs.ts'
import { openPlaces } from './one-off/places.ts'
import type { Parts } from './parts.ts'
import { startRounds } from './rounds.ts'
import { buildProcessor, buildsAtOnce } from './stages/build-stage.ts'
import { cancelStage } from './stages/cancel-stage.ts'
import { deployProcessor } from './stages/deploy-stage.ts'
import { openLeases } from './stages/leases.ts'
import { openRunningStages } from './stages/running-stages.ts'
import { openSlots } from './stages/slots.ts'
import { openTurns } from './stages/turns.ts'

export type WorkerDrivers = Omit<Parts, 'closing'> & {
  /** The group that may use the live socket. */
  socketGid: number
  startProcessors(processors: Processors): Promise<RunningProcessors>
  closeDrivers(): Promise<void>
  leaseGraceMs?: number
}

export type RunningWorker = {
  parts: Assembled
  /** Lets go of what is under way, for the next worker; containers run on. */
  close(): Promise<void>
}

const leaseGraceMs = 10_000
const firstRoutesWithinMs = 5_000

/**
 * Starts in the order in which things depend on each other: what runs is found again and routed, then jobs are taken. The
 * platform is healthy (`/health`) once the first route table was applied, or the front door has had 5 s for it.
 */
export async function startWorker(drivers: WorkerDrivers): Promise<RunningWorker> {
  const closing = new AbortController()
  const state = { healthy: false }
  const parts = assemble({ ...drivers, closing: closing.signal })
  const live = await openLiveServer(
    { ...parts, isHealthy: () => state.healthy },
    places(drivers.settings).workerSocket,
    drivers.socketGid,
  )
  await parts.incomingLogs.begin()
  await takeOver(parts)
  await parts.oneOffs.takeOver()
  await parts.cron.takeOver()
  const processors = await drivers.startProcessors(processorsOf(parts))
  const rounds = startRounds(parts)
  parts.cron.start()
  parts.metrics.begin()
  state.healthy = true

  return {
    parts,
    close: async () => {
      closing.abort(workerError['WORKER.CLOSING']())
      await rounds.stop()
      await processors.close()
      await Promise.all([parts.oneOffs.close(), parts.cron.close()])
      await live.close()
      await parts.certificates.settled()
      parts.leases.close()
      await parts.keeper.close()
      parts.logs.close()
      await parts.instanceWatch.close()
      await parts.metrics.close()
      await parts.incomingLogs.close()
      await parts.runningDrains.close()
      await parts.appLogs.close()
      await parts.accessLog.close()
      await drivers.queue.close()
      await drivers.closeDrivers()
    },
  }
}

export type Assembled = ReturnType<typeof assemble>

function assemble(parts: Parts & { leaseGraceMs?: number }) {
  const routes: Routes = openRoutes(parts)
  const challenges = openChallenges({ routes })
  const certificates = openCertificates({ ...parts, routes, challenges })
  const running = openRunningStages(parts.logs)
  const restarts = countRestarts(openRestartBook())
  const keeper = openKeeper({ ...parts, routes, facts: noFacts(), book: restarts.book })
  const leases = openLeases({
    graceMs: parts.leaseGraceMs ?? leaseGraceMs,
    lapsed: (id) => {
      cancelStage({ ...parts, running, keeper }, id).catch((error: unknown) =>
        parts.report('ending a lease', error),
      )
    },
  })
  const watches = { troubles: openTroubles({ ...parts, keeper }), diskWatch: openDiskWatch(parts) }
  const metrics = openMetrics({ ...parts, keeper, restarts })
  const incomingLogs = openIncomingLogs(parts, keeper)
  const runningDrains = openRunningDrains({ ...parts, keeper })
  const instanceWatch = watchInstances({ ...parts, keeper, incomingLogs })
  const buildSlots = openSlots(buildsAtOnce)
  const beside = { ...parts, keeper, places: openPlaces() }
  const oneOffs = openOneOffs(beside)
  const cron = openCron(beside)
  return {
    ...parts,
    routes,
    challenges,
    certificates,
    running,
    keeper,
    leases,
    turns: openTurns(),
    buildSlots,
    incomingLogs,
    runningDrains,
    instanceWatch,
    oneOffs,
    cron,
    metrics,
    ...watches,
  }
}

function processorsOf(parts: Assembled): Processors {
  return {
    build: buildProcessor(parts),
    deploy: deployProcessor(parts),
    'remove-app': removeAppProcessor(parts),
    'converge-app': ({ appId }) => sayingScales(parts, appId, () => parts.keeper.reload(appId)),
    'look-after-certificates': () => parts.certificates.look(),
    notify: notifyProcessor(parts),
    'restart-instances': restartInstancesProcessor(parts),
  }
}

/** Everything is as the last worker, or a reboot, left it. */
async function takeOver(parts: Assembled): Promise<void> {
  const { stores, keeper, routes, report } = parts
  for (const { id, appId, state } of await stores.deployments.unfinished())
    if (!isDeploymentOver(state)) keeper.shield(appId, id)
  const apps = await stores.apps.all()
  await eachOf(apps, async (app) => {
    try {
      await keeper.load(app.id)
      const kept = keeper.keptApp(app.id)
      if (kept) await findAgain({ ...parts, facts: keeper.facts, book: keeper.book }, kept)
    } catch (error) {
      report(`taking ${app.name} over`, error)
    }
  })
  // Half a table would take the certificates away.
  await parts.certificates.load()
  routes.begin()
  const applied = routes.apply().catch((error: unknown) => report('applying the first routes', error))
  await Promise.race([applied, sleep(firstRoutesWithinMs, undefined, { ref: false })])
  for (const app of apps) void keeper.converge(app.id)
}

const atOnce = 8

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  const take = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, take))
}
