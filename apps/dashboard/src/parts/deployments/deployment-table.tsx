'use client'

import type { DeploymentView } from '@berth/api'
import { Cell, Duration, RelativeTime, Row, StateMark, Table } from '@berth/ui'
import Link from 'next/link'
import { Commit, whoMade } from '../commit.tsx'
import { firstLine } from '../first-line.ts'
import { deploymentMarks } from '../marks.ts'

export function DeploymentTable({ deployments, app }: { deployments: DeploymentView[]; app: string }) {
  return (
    <Table label="Deployments" head={['Release', 'State', 'Commit', 'When', 'Took']}>
      {deployments.map((deployment) => (
        <DeploymentRow key={deployment.id} deployment={deployment} app={app} />
      ))}
    </Table>
  )
}

function DeploymentRow({ deployment, app }: { deployment: DeploymentView; app: string }) {
  const { version } = deployment
  return (
    <Row>
      <Cell className="tabular-nums">
        <Link
          href={`/apps/${app}/deployments/${deployment.id}`}
          data-opens=""
          className="rounded-sm font-medium whitespace-nowrap"
          aria-label={version === null ? 'Deployment without a release' : `Release v${version}`}
        >
          {version === null ? '–' : `v${version}`}
        </Link>
      </Cell>
      <Cell>
        <StateMark {...deploymentMarks[deployment.state]} quietWord={deployment.state === 'superseded'} />
      </Cell>
      <Cell wide className="sm:w-1/2 sm:max-w-0">
        <Commit commit={deployment.commit} />
        {deployment.error && (
          <span className="block text-sm text-bad sm:truncate">{firstLine(deployment.error.message)}</span>
        )}
      </Cell>
      <Cell className="text-muted max-sm:text-sm">
        <span className="whitespace-nowrap">
          <RelativeTime at={deployment.createdAt} />
          <span className="max-sm:before:content-[',_'] sm:block sm:text-sm">{whoMade(deployment)}</span>
        </span>
      </Cell>
      <Cell className="text-muted max-sm:text-sm">
        <Took deployment={deployment} />
      </Cell>
    </Row>
  )
}

export function Took({ deployment }: { deployment: DeploymentView }) {
  if (deployment.state === 'queued') return <span>–</span>
  return <Duration from={deployment.createdAt} to={deployment.finishedAt} />
}
