'use client'

import { type StepOutcome, sayReused } from '@berth/domain'
import { Card, Duration, sayDuration, Timeline, TimelineStep } from '@berth/ui'
import type { ReactNode } from 'react'
import type { StageModel, Step } from '../../live/stage-model.ts'
import type { Mark } from '../marks.ts'

const outcomes: Record<StepOutcome, Mark> = {
  done: { shape: 'check', tone: 'good', word: 'Done' },
  cached: { shape: 'check', tone: 'grey', word: 'From the cache' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  cancelled: { shape: 'square', tone: 'grey', word: 'Cancelled' },
}
const underWay: Mark = { shape: 'ring', tone: 'accent', word: 'Under way' }
const brokenOff: Mark = { shape: 'square', tone: 'grey', word: 'Broken off' }

type StepListProps = {
  model: StageModel
  chosen: string | null
  onChoose: (key: string | null) => void
  running: boolean
  /** What goes on once it is live: old instances that drain. */
  children?: ReactNode
}

/** The steps as a time line: first the build, then the deployment. Choosing one shows its log alone, choosing it again shows all. */
export function StepList({ model, children, ...rest }: StepListProps) {
  const build = model.steps.filter(({ part }) => part === 'build')
  const deployment = model.steps.filter(({ part }) => part !== 'build')
  return (
    <Card className="flex h-fit max-h-[max(22rem,calc(100dvh-12rem))] flex-col gap-4 overflow-y-auto px-2 py-3 max-lg:max-h-80">
      {model.steps.length === 0 && (
        <p className="px-2 text-sm text-muted">{rest.running ? 'No step has begun yet.' : 'No steps.'}</p>
      )}
      {build.length > 0 && (
        <Part title="Build" steps={build} {...rest}>
          {model.reused && model.reused.steps > 0 && (
            <p className="px-2 text-xs text-muted">{sayReused(model.reused)}</p>
          )}
        </Part>
      )}
      {deployment.length > 0 && (
        <Part title="Deploy" steps={deployment} {...rest}>
          {children}
        </Part>
      )}
    </Card>
  )
}

type PartProps = Omit<StepListProps, 'model'> & { title: string; steps: readonly Step[] }

function Part({ title, steps, children, running, chosen, onChoose }: PartProps) {
  return (
    <section className="flex flex-col gap-1" aria-label={title}>
      <div className="flex items-baseline justify-between px-2 text-xs">
        <h3 className="font-medium text-muted">{title}</h3>
        <span className="text-muted tabular-nums">
          <PartTime steps={steps} running={running} />
        </span>
      </div>
      <Timeline label={`Steps: ${title}`}>
        {steps.map((step) => (
          <TimelineStep
            key={step.key}
            {...markOf(step, running)}
            title={step.title}
            aside={<StepTime step={step} running={running} />}
            selected={chosen === step.key}
            onSelect={() => onChoose(chosen === step.key ? null : step.key)}
          />
        ))}
      </Timeline>
      {children}
    </section>
  )
}

/** From the beginning of the first to the end of the last: some are carried out side by side. */
function PartTime({ steps, running }: { steps: readonly Step[]; running: boolean }) {
  const from = Math.min(...steps.map(({ startedAt }) => startedAt))
  const isOver = steps.every(({ durationMs }) => durationMs !== null)
  if (isOver) {
    const to = Math.max(...steps.map(({ startedAt, durationMs }) => startedAt + (durationMs ?? 0)))
    return sayDuration(to - from)
  }
  return running ? <Duration from={new Date(from).toISOString()} to={null} /> : null
}

function markOf(step: Step, running: boolean): Mark {
  if (step.outcome !== null) return outcomes[step.outcome]
  return running ? underWay : brokenOff
}

function StepTime({ step, running }: { step: Step; running: boolean }) {
  if (step.outcome === 'cached')
    return (
      <span className="rounded-[3px] border border-line px-1 text-[0.6875rem] font-medium tracking-wide">
        CACHED
      </span>
    )
  if (step.durationMs !== null) return sayDuration(step.durationMs)
  if (!running) return null
  return (
    <>
      {step.progress && <span className="mr-1.5 text-accent">{step.progress}</span>}
      <Duration from={new Date(step.startedAt).toISOString()} to={null} />
    </>
  )
}

/** What stands behind the head of a step in the log. */
export function sayStepTime({ outcome, durationMs }: Step): string | null {
  if (outcome === 'cached') return 'CACHED'
  return durationMs === null ? null : sayDuration(durationMs)
}
