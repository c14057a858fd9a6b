'use client'

import type { DeploymentView } from '@berth/api'
import type { InstanceView } from '@berth/observe'
import { EmptyState, Section } from '@berth/ui'
import Link from 'next/link'
import { trpc } from '../live/trpc.ts'
import { useLive } from '../live/use-live.ts'
import { useApp } from './app-frame.tsx'
import { CurrentRelease } from './current-release.tsx'
import { DeploymentTable } from './deployment-table.tsx'
import { FailureNotice } from './failure-notice.tsx'
import { InstanceCards } from './instance-cards.tsx'
import { LastErrors } from './last-errors.tsx'
import { PushInstructions } from './push-instructions.tsx'

type Now = { instances: InstanceView[] | null; deployments: DeploymentView[] }

/** Is it up, what changed last, what can I do next. */
export function AppOverview({ initial }: { initial: Now }) {
  const { value: app } = useApp()
  const { value: now } = useLive(initial, async () => {
    const [instances, deployments] = await Promise.all([
      trpc.instances.list.query({ app: app.name }),
      trpc.deployments.list.query({ app: app.name, limit: 5 }),
    ])
    return { instances, deployments }
  })
  if (now.deployments.length === 0) return <NothingYet />
  return (
    <>
      <LatestTrouble latest={now.deployments[0]} app={app.name} hasLive={app.live !== null} />
      {app.live && <CurrentRelease live={app.live} app={app.name} />}
      <InstanceCards instances={now.instances} />
      <LastErrors instances={now.instances} app={app.name} />
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
        <DeploymentTable deployments={now.deployments} app={app.name} />
      </Section>
    </>
  )
}

function NothingYet() {
  const { value: app } = useApp()
  return (
    <EmptyState title="Nothing deployed yet. Push a repository with a Dockerfile:">
      <PushInstructions remotes={app.remotes} />
    </EmptyState>
  )
}

/** The newest attempt failed or is under way: said first, because it is why one came. */
function LatestTrouble(props: { latest: DeploymentView | undefined; app: string; hasLive: boolean }) {
  const { latest, app, hasLive } = props
  if (latest?.state !== 'failed') return null
  const href = `/apps/${app}/deployments/${latest.id}`
  return (
    <FailureNotice failure={latest.error ?? { message: 'The last deployment failed.', hint: '' }}>
      {hasLive && 'The version before it is still serving. '}
      <Link href={href} className="font-medium whitespace-nowrap text-text underline underline-offset-2">
        See what happened
      </Link>
    </FailureNotice>
  )
}
