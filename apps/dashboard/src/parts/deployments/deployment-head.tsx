'use client'

import type { DeploymentView } from '@berth/api'
import { Button, RelativeTime, StateMark, sayExactly } from '@berth/ui'
import Link from 'next/link'
import { useApp } from '../app-frame.tsx'
import { Commit, whoMade } from '../commit.tsx'
import { deploymentMark } from '../marks.ts'
import { Cancel } from './cancel.tsx'
import { Took } from './deployment-table.tsx'
import { isUnderWay } from './under-way.ts'

/** Which deployment, how it is, whose, and what can be done with it. */
export function DeploymentHead({ deployment, now }: { deployment: DeploymentView; now: string | null }) {
  const { version, commit, state } = deployment
  const app = useApp()
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3">
          <h2 className="text-lg font-semibold tabular-nums">
            {version === null ? 'Deployment' : `v${version}`}
          </h2>
          <span role="status" className="flex flex-wrap items-center gap-x-2">
            <StateMark {...deploymentMark(state, app.value.state)} />
            {now && <span className="text-muted">· {now}</span>}
          </span>
        </div>
        {commit && deployment.kind !== 'change' ? (
          <Commit commit={commit} />
        ) : (
          <span>{deployment.reason}</span>
        )}
        <p className="text-sm text-muted">
          {whoMade(deployment)},{' '}
          <span title={sayExactly(Date.parse(deployment.createdAt))}>
            <RelativeTime at={deployment.createdAt} />
          </span>
          {commit && ` · ${commit.branch}`} · <Took deployment={deployment} />
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <WhatNext deployment={deployment} />
        {isUnderWay(state) && <Cancel deployment={deployment} />}
      </div>
    </div>
  )
}

/** Of one that has a release: what differs from what is live, and the way back to it. */
function WhatNext({ deployment: { version, state } }: { deployment: DeploymentView }) {
  const { value: app } = useApp()
  const live = app.live?.version ?? null
  if (version === null || live === null || version === live) return null
  const [from, to] = [live, version]
  return (
    <>
      <Button asChild size="small">
        <Link href={`/apps/${app.name}/compare?from=${from}&to=${to}`}>Compare with v{live}</Link>
      </Button>
      {state === 'superseded' && app.can.includes('app.rollback') && (
        <Button asChild size="small">
          <Link href={`/apps/${app.name}/compare?from=${from}&to=${to}&rollback=1`}>Roll back to it</Link>
        </Button>
      )}
    </>
  )
}
