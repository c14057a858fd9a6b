'use client'

import type { DeathView, DeploymentView, MetricsView } from '@berth/api'
import type { InstanceView } from '@berth/observe'
import { Section } from '@berth/ui'
import Link from 'next/link'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { DeploymentTable } from '../deployments/deployment-table.tsx'
import { AppSituation } from './app-situation.tsx'
import { Crashes } from './crashes.tsx'
import { CurrentRelease } from './current-release.tsx'
import { InstanceCards } from './instance-cards.tsx'
import { NeverDeployed } from './never-deployed.tsx'
import { releaseBefore } from './release-before.ts'
import { TrafficPlot } from './traffic-plot.tsx'

export type OverviewRecords = { deployments: DeploymentView[]; deaths: DeathView[] }

type AppOverviewProps = {
  initial: OverviewRecords & { instances: InstanceView[] | null; metrics: MetricsView | null }
  hasKey: boolean
}

/** So many deployments are looked at for the release before; fewer are shown. */
const lookedAt = 20
const shown = 5
const instancesEveryMs = 5_000
const trafficEveryMs = 10_000

/** Is it up, what changed last, what can I do next. */
export function AppOverview({ initial, hasKey }: AppOverviewProps) {
  const { value: app } = useApp()
  const now = useOverview(app.name, initial)
  if (now.deployments.length === 0) return <NeverDeployed hasKey={hasKey} />
  const backTo =
    app.live && app.can.includes('app.rollback') ? releaseBefore(app.live, now.deployments) : null
  return (
    <>
      <AppSituation latest={now.deployments[0]} deaths={now.deaths} />
      {app.live && <CurrentRelease live={app.live} app={app.name} backTo={backTo} />}
      {app.live && (
        <>
          <InstanceCards
            instances={now.instances}
            app={app.name}
            canConsole={app.can.includes('app.console')}
            empty={app.stoppedAt === null ? 'No instance runs.' : 'No instance runs while it is stopped.'}
          />
          <TrafficPlot metrics={now.metrics} app={app.name} />
        </>
      )}
      <Crashes deaths={now.deaths} app={app.name} canConfigure={app.can.includes('app.scale')} />
      <Section
        title="Recent deployments"
        action={
          <Link
            href={`/apps/${app.name}/deployments`}
            className="rounded-sm text-sm text-muted hover:text-text"
          >
            All deployments
          </Link>
        }
      >
        <DeploymentTable deployments={now.deployments.slice(0, shown)} app={app.name} />
      </Section>
    </>
  )
}

/** Records are read again when they change, figures at their own pace. What could not be read stays as it was. */
function useOverview(app: string, initial: AppOverviewProps['initial']) {
  const { value: records } = useLive<OverviewRecords>(initial, () => readRecords(app), { app })
  const { value: instances } = useLive(initial.instances, () => trpc.instances.list.query({ app }), {
    app,
    everyMs: instancesEveryMs,
  })
  const { value: metrics } = useLive(initial.metrics, () => trpc.metrics.read.query({ app }), {
    app,
    everyMs: trafficEveryMs,
  })
  return { ...records, instances, metrics }
}

async function readRecords(app: string): Promise<OverviewRecords> {
  const [deployments, deaths] = await Promise.all([
    trpc.deployments.list.query({ app, limit: lookedAt }),
    trpc.instances.deaths.query({ app, limit: lookedAt }),
  ])
  return { deployments, deaths }
}
