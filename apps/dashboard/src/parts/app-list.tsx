'use client'

import type { AppView } from '@berth/api'
import { Cell, CopyButton, RelativeTime, Row, StateMark, Table } from '@berth/ui'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { trpc } from '../live/trpc.ts'
import { useLive } from '../live/use-live.ts'
import { Commit, whoMade } from './commit.tsx'
import { LostNotice } from './lost-notice.tsx'
import { appMarks, deploymentMarks } from './marks.ts'
import { shortUrl } from './short-url.ts'

type AppListProps = { team: string; initial: AppView[]; empty: ReactNode }

export function AppList({ team, initial, empty }: AppListProps) {
  const { value: apps, lost } = useLive(initial, () => trpc.apps.list.query({ team }))
  if (apps.length === 0) return empty
  return (
    <>
      <LostNotice lost={lost} />
      <Table label="Apps" head={['App', 'State', 'Last deployment', 'Instances']}>
        {apps.map((app) => (
          <AppRow key={app.name} app={app} />
        ))}
      </Table>
    </>
  )
}

function AppRow({ app }: { app: AppView }) {
  return (
    <Row>
      <Cell wide className="sm:w-[30%]">
        <Link href={`/apps/${app.name}`} data-opens="" className="rounded-sm font-medium">
          {app.name}
        </Link>
        <div className="flex h-5 items-center gap-0.5 text-sm text-muted">
          <a
            href={app.url}
            target="_blank"
            rel="noreferrer"
            className="truncate rounded-sm hover:text-accent hover:underline"
          >
            {shortUrl(app.url)}
          </a>
          <CopyButton text={app.url} label={`Copy the address of ${app.name}`} className="size-5" />
        </div>
      </Cell>
      <Cell>
        <StateMark {...appMarks[app.state]} />
      </Cell>
      <Cell wide className="max-sm:order-last sm:w-[40%] sm:max-w-0">
        <LastDeployment app={app} />
      </Cell>
      <Cell className="tabular-nums">
        <InstanceCount app={app} />
      </Cell>
    </Row>
  )
}

function LastDeployment({ app }: { app: AppView }) {
  const { latest } = app
  if (!latest) return <span className="text-muted">None yet</span>
  const differs = latest.state === 'failed' || latest.state === 'cancelled'
  return (
    <div className="flex flex-col max-sm:text-sm">
      <Commit commit={latest.commit} />
      <span className="flex gap-1.5 text-sm text-muted">
        {differs && app.state !== 'failed' && <StateMark {...deploymentMarks[latest.state]} />}
        <span className="truncate">
          {whoMade(latest)}, <RelativeTime at={latest.createdAt} />
        </span>
      </span>
    </div>
  )
}

function InstanceCount({ app }: { app: AppView }) {
  const { instances } = app
  if (instances === null) return <span className="text-muted">not known</span>
  if (instances.wanted === 0) return <span className="text-muted max-sm:sr-only">none</span>
  const some = instances.running < instances.wanted
  return (
    <span className={some ? 'text-warn' : 'text-muted'}>
      {instances.running} of {instances.wanted} running
    </span>
  )
}
