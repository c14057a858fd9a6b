import { setTimeout as sleep } from 'node:timers/promises'
import { clean } from './app/clean.ts'
import { clearSecretFiles } from './app/clear-secret-files.ts'
import { forgetWhatIsOld } from './forget-what-is-old.ts'
import { requeueStranded } from './notices/deliver-notice.ts'
import { settleLost } from './stages/settle-lost.ts'
import type { Assembled } from './start-worker.ts'

/**
 * What is done again and again, one thing after the other, and nothing of it while the thing before is not over. An idle
 * platform of a hundred apps spends a few milliseconds in ten seconds here.
 */
type Round = { name: string; everyMs: number; work(parts: Assembled): Promise<unknown> }

const rounds: readonly Round[] = [
  { name: 'publishing the dashboard', everyMs: 2_000, work: publishDashboard },
  { name: 'looking after the apps', everyMs: 10_000, work: lookAfterApps },
  { name: 'watching for troubles', everyMs: 5_000, work: ({ troubles }) => troubles.look() },
  { name: 'watching the disk', everyMs: 60_000, work: ({ diskWatch }) => diskWatch.look() },
  { name: 'settling lost stages', everyMs: 30_000, work: settleLost },
  { name: 'taking up notifications', everyMs: 60_000, work: requeueStranded },
  { name: 'looking after drains', everyMs: 30_000, work: ({ runningDrains }) => runningDrains.look() },
  { name: 'pruning logs', everyMs: 10 * 60_000, work: async ({ appLogs }) => appLogs.prune() },
  { name: 'looking after certificates', everyMs: 60_000, work: ({ certificates }) => certificates.look() },
  { name: 'clearing secret files', everyMs: 60_000, work: clearSecretFiles },
  { name: 'forgetting what is old', everyMs: 60 * 60_000, work: forgetWhatIsOld },
  { name: 'cleaning', everyMs: 60 * 60_000, work: clean },
]

export function startRounds(parts: Assembled): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const over = rounds.map((round) => again(round, parts, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(over)
    },
  }
}

async function again({ name, everyMs, work }: Round, parts: Assembled, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await work(parts).catch((error: unknown) => parts.report(name, error))
  }
}

/** The dashboard is reachable from outside once somebody owns it: not before, or it would be whoever's came first. */
async function publishDashboard({ routes, stores }: Assembled): Promise<void> {
  if (routes.isDashboardOpen() || !(await stores.people.hasOwner())) return
  routes.openDashboard()
  await routes.apply()
}

/** New apps get their route, drift is set right, a front door that was restarted gets the newest table. */
async function lookAfterApps({ stores, keeper, routes }: Assembled): Promise<void> {
  const known = new Set(keeper.knownApps())
  for (const app of await stores.apps.all()) if (!known.has(app.id)) await keeper.reload(app.id)
  await routes.apply()
  await keeper.tick()
}
