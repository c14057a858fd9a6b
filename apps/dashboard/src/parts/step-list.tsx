'use client'

import type { StepOutcome } from '@berth/domain'
import { Card, Duration, sayDuration, Timeline, TimelineStep } from '@berth/ui'
import type { StageModel, Step } from '../live/stage-model.ts'
import type { Mark } from './marks.ts'

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
}

/** The steps as a time line; choosing one shows its log alone, choosing it again shows all. */
export function StepList({ model, chosen, onChoose, running }: StepListProps) {
  return (
    <Card className="h-fit max-h-[44rem] overflow-y-auto p-2 max-lg:max-h-72">
      {model.steps.length === 0 ? (
        <p className="px-2 py-1.5 text-sm text-muted">{running ? 'No step has begun yet.' : 'No steps.'}</p>
      ) : (
        <Timeline label="Steps">
          {model.steps.map((step) => (
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
      )}
    </Card>
  )
}

function markOf(step: Step, running: boolean): Mark {
  if (step.outcome !== null) return outcomes[step.outcome]
  return running ? underWay : brokenOff
}

function StepTime({ step, running }: { step: Step; running: boolean }) {
  if (step.outcome === 'cached') return 'cached'
  if (step.durationMs !== null) return sayDuration(step.durationMs)
  if (!running) return null
  return step.progress ?? <Duration from={new Date(step.startedAt).toISOString()} to={null} />
}
