'use client'

import type { DeploymentView } from '@berth/api'
import { Button, LogView, Notice } from '@berth/ui'
import { useMemo } from 'react'
import { failedStep } from '../../live/stage-model.ts'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useQuery } from '../../live/use-query.ts'
import { type Stages, useStages } from '../../live/use-stages.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { DeploymentHead } from './deployment-head.tsx'
import { Draining } from './draining.tsx'
import { sayNow } from './say-now.ts'
import { StepList, sayStepTime } from './step-list.tsx'
import { isUnderWay } from './under-way.ts'

const usual = { step: '', q: '' }

/** One deployment: what it is, what went wrong, its steps, and the log of the chosen one or of all. */
export function DeploymentPage({ app, initial }: { app: string; initial: DeploymentView }) {
  const { value: deployment } = useLive(
    initial,
    () => trpc.deployments.get.query({ app, deployment: initial.id }),
    { app },
  )
  const stages = useStages(deployment.id, deployment.build ? (deployment.deployment?.id ?? null) : null)
  const [looked, look] = useQuery(usual)
  const isOver = !isUnderWay(deployment.state)
  const running = !isOver && stages.connection !== 'ended'
  const { steps } = stages.model
  // A step is said by its place, from 1: its own name is long, and means nothing to people.
  const chosen = steps[Number(looked.step) - 1]?.key ?? null
  const choose = (key: string | null) =>
    look({ step: key === null ? '' : String(steps.findIndex((step) => step.key === key) + 1) })

  return (
    <div className="flex flex-col gap-6">
      <DeploymentHead deployment={deployment} now={running ? sayNow(steps) : null} />
      <Trouble deployment={deployment} stages={stages} />
      <div className="grid gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <StepList model={stages.model} chosen={chosen} onChoose={choose} running={running}>
          {deployment.state === 'live' && deployment.version !== null && (
            <Draining app={app} version={deployment.version} />
          )}
        </StepList>
        <StageLog
          {...{ app, deployment, stages, running, chosen }}
          onChoose={choose}
          search={looked.q}
          onSearch={(q) => look({ q })}
        />
      </div>
    </div>
  )
}

/** The cause on top, in one sentence, with what to do, and the way to its line. */
function Trouble({ deployment, stages }: { deployment: DeploymentView; stages: Stages }) {
  const { value: app } = useApp()
  const line = failedStep(stages.model)?.lastLine ?? null
  const isFailure = deployment.state === 'failed'
  return (
    <>
      {deployment.error && isFailure && (
        <FailureNotice failure={deployment.error}>
          <span className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
            {line !== null && (
              <Button asChild size="small">
                <a href={`#L${line}`}>Show the line</a>
              </Button>
            )}
            {app.live?.version != null && <span>v{app.live.version} goes on serving.</span>}
          </span>
        </FailureNotice>
      )}
      {deployment.error && !isFailure && (
        <Notice tone="warn" title={deployment.error.message}>
          {deployment.error.hint}
        </Notice>
      )}
      {stages.connection === 'lost' && (
        <Notice tone="warn" title="The log is interrupted">
          It goes on by itself as soon as the worker answers. Nothing is lost.
        </Notice>
      )}
    </>
  )
}

type StageLogProps = {
  app: string
  deployment: DeploymentView
  stages: Stages
  running: boolean
  chosen: string | null
  onChoose: (key: string | null) => void
  search: string
  onSearch: (search: string) => void
}

function StageLog({ app, deployment, stages, running, chosen, onChoose, search, onSearch }: StageLogProps) {
  const { steps } = stages.model
  const times = useMemo(() => new Map(steps.map((step) => [step.key, sayStepTime(step)])), [steps])
  const name = deployment.version === null ? deployment.id.slice(0, 8) : `v${deployment.version}`
  return (
    <LogView
      label="Build and deployment log"
      lines={stages.lines}
      linked
      searching="find"
      live={running}
      group={chosen}
      onGroup={onChoose}
      asideOf={(group) => times.get(group) ?? null}
      focusLine={failedStep(stages.model)?.lastLine ?? null}
      search={search}
      onSearch={onSearch}
      fileName={`${app}-${name}.log`}
      empty={sayEmpty(deployment, stages)}
      className="h-[max(22rem,calc(100dvh-12rem))] max-lg:h-[70dvh]"
    />
  )
}

function sayEmpty({ state }: DeploymentView, { connection }: Stages): string {
  if (state === 'queued') return 'Waiting for its turn.'
  return connection === 'ended' ? 'Nothing was logged.' : 'Nothing yet.'
}
