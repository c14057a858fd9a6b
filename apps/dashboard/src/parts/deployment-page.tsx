'use client'

import type { DeploymentView } from '@berth/api'
import { Button, LogView, Notice, RelativeTime, StateMark } from '@berth/ui'
import { useState } from 'react'
import { failedStep } from '../live/stage-model.ts'
import { trpc } from '../live/trpc.ts'
import { useLive } from '../live/use-live.ts'
import { useMutation } from '../live/use-mutation.ts'
import { useStages } from '../live/use-stages.ts'
import { Commit, whoMade } from './commit.tsx'
import { Took } from './deployment-table.tsx'
import { FailureNotice } from './failure-notice.tsx'
import { deploymentMarks } from './marks.ts'
import { StepList } from './step-list.tsx'

const underWay = new Set(['queued', 'building', 'starting', 'healthy'])

/** One deployment: what it is, what went wrong, its steps, and the log of the chosen one. */
export function DeploymentPage({ app, initial }: { app: string; initial: DeploymentView }) {
  const [over, setOver] = useState(!underWay.has(initial.state))
  const { value: deployment } = useLive(
    initial,
    async () => {
      const read = await trpc.deployments.get.query({ app, deployment: initial.id })
      setOver(!underWay.has(read.state))
      return read
    },
    { enabled: !over, everyMs: 1000 },
  )
  const stages = useStages(deployment.id, deployment.build ? (deployment.deployment?.id ?? null) : null)
  const failed = failedStep(stages.model)
  const [chosen, setChosen] = useState<string | null>(null)
  const running = !over && stages.connection !== 'ended'

  return (
    <div className="flex flex-col gap-6">
      <Head deployment={deployment} running={!over} />
      {deployment.error && <FailureNotice failure={deployment.error} />}
      {stages.connection === 'lost' && (
        <Notice tone="warn" title="The log is interrupted">
          It goes on by itself as soon as the worker answers. Nothing is lost.
        </Notice>
      )}
      <div className="grid gap-4 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <StepList model={stages.model} chosen={chosen} onChoose={setChosen} running={running} />
        <LogView
          label="Build and deployment log"
          lines={stages.lines}
          linked
          live={running}
          group={chosen}
          focusLine={failed?.lastLine ?? null}
          empty={
            over
              ? 'Nothing was logged.'
              : deployment.state === 'queued'
                ? 'Waiting for its turn.'
                : 'Nothing yet.'
          }
          className="h-[max(22rem,calc(100dvh-25rem))] max-lg:h-[60dvh]"
        />
      </div>
    </div>
  )
}

function Head({ deployment, running }: { deployment: DeploymentView; running: boolean }) {
  const { version, commit } = deployment
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3">
          <h2 className="text-lg font-semibold tabular-nums">
            {version === null ? 'Deployment' : `v${version}`}
          </h2>
          <span role="status">
            <StateMark {...deploymentMarks[deployment.state]} />
          </span>
        </div>
        {commit ? <Commit commit={commit} /> : <span className="text-muted">{deployment.reason}</span>}
        <p className="text-sm text-muted">
          {whoMade(deployment)}, <RelativeTime at={deployment.createdAt} />
          {commit && ` · ${commit.branch}`} · <Took deployment={deployment} />
        </p>
      </div>
      {running && <Cancel deployment={deployment} />}
    </div>
  )
}

const cancel = (id: string) => trpc.deployments.cancel.mutate({ id })

function Cancel({ deployment }: { deployment: DeploymentView }) {
  const { run, busy, failure } = useMutation(cancel)
  return (
    <div className="flex flex-col items-end gap-1">
      <Button size="small" onClick={() => run(deployment.id)} busy={busy}>
        Cancel
      </Button>
      {failure && <p className="text-sm text-bad">{failure.message}</p>}
    </div>
  )
}
