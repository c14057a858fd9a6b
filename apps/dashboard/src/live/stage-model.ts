import {
  type StageEvent,
  type StepOutcome,
  sayCheck,
  sayProgress,
  sayReused,
  sayWarning,
} from '@berth/domain'
import type { LogLine } from '@berth/ui'

/**
 * What a deployment page shows, from the events of its build and then its deployment. Pure: events in, steps and lines out.
 * Events come in order, each once; a stage's number says where to go on after a broken connection.
 */
export type Step = {
  /** Unique over both stages. */
  key: string
  title: string
  startedAt: number
  outcome: StepOutcome | null
  durationMs: number | null
  /** The last line it printed so far: where a failure is looked at. */
  lastLine: number | null
  /** How far a transfer or a health check is, in words. */
  progress: string | null
  part: Part
}

/** What a step belongs to, in the order in which a deployment goes through them. */
export type Part = 'build' | 'before' | 'instances' | 'route' | 'after'

export type Ended = Extract<StageEvent, { kind: 'ended' }>

export type StageModel = {
  steps: Step[]
  /** How many lines there are in all. */
  lineCount: number
  /** What the build need not do again. */
  reused: Reused | null
  /** Of the stage that ended last. */
  ended: Ended | null
}

export type Reused = Extract<StageEvent, { kind: 'reused' }>

export const emptyModel: StageModel = { steps: [], lineCount: 0, reused: null, ended: null }

/** The model after these events, and the lines that they add. */
export function addEvents(
  before: StageModel,
  stageId: string,
  events: readonly StageEvent[],
): { model: StageModel; lines: LogLine[] } {
  const steps = new Map(before.steps.map((step) => [step.key, step]))
  const lines: LogLine[] = []
  let { ended, reused } = before
  for (const event of events) {
    const key = keyOf(stageId, event)
    const source = event.kind === 'line' ? sourceOf(steps, key) : undefined
    for (const line of linesOf(event, key, source))
      lines.push({ ...line, number: before.lineCount + lines.length + 1 })
    if (key) changeStep(steps, key, event, before.lineCount + lines.length)
    if (event.kind === 'ended') ended = event
    if (event.kind === 'reused') reused = event
  }
  const lineCount = before.lineCount + lines.length
  return { model: { steps: [...steps.values()], lineCount, reused, ended }, lines }
}

function keyOf(stageId: string, event: StageEvent): string | null {
  return 'step' in event && event.step !== null ? `${stageId}/${event.step}` : null
}

function changeStep(steps: Map<string, Step>, key: string, event: StageEvent, lineNumber: number): void {
  const step = steps.get(key)
  if (event.kind === 'step-started') steps.set(key, newStep(key, event))
  else if (step && event.kind === 'step-finished')
    steps.set(key, { ...step, outcome: event.outcome, durationMs: event.durationMs })
  else if (step && event.kind === 'line') steps.set(key, { ...step, lastLine: lineNumber })
  else if (step && event.kind === 'progress') steps.set(key, { ...step, progress: sayProgress(event) })
  else if (step && event.kind === 'check')
    steps.set(key, { ...step, progress: sayNextCheck(event), lastLine: lineNumber })
}

/** `check 2 of 3`: the one that is asked next. */
function sayNextCheck({ attempt, of }: { attempt: number; of: number }): string {
  return `check ${Math.min(attempt + 1, of)} of ${of}`
}

/** Which step a line belongs to is worth saying only while several are under way: `build 2/4`. */
function sourceOf(steps: ReadonlyMap<string, Step>, key: string | null): string | undefined {
  const title = key === null ? undefined : steps.get(key)?.title
  const underWay = [...steps.values()].filter(({ outcome }) => outcome === null)
  if (title === undefined || underWay.length < 2) return undefined
  return /^\[([^\]]*)\]/.exec(title)?.[1] ?? title.slice(0, 24)
}

/** What an event prints. A failure may quote several lines of a file. */
function linesOf(event: StageEvent, key: string | null, source?: string): Omit<LogLine, 'number'>[] {
  const said = sayingOf(event)
  if (said === null) return []
  const group = key ?? undefined
  return said.text.split('\n').map((text) => ({ ...said, text, group, source }))
}

function sayingOf(event: StageEvent): Pick<LogLine, 'text' | 'tone' | 'isHead'> | null {
  if (event.kind === 'line') return { text: event.text }
  if (event.kind === 'step-started') return { text: event.title, isHead: true }
  if (event.kind === 'check') return { text: sayCheck(event), tone: 'warn' }
  if (event.kind === 'section') return { text: event.text, tone: 'accent' }
  if (event.kind === 'warning') return { text: sayWarning(event), tone: 'warn' }
  if (event.kind === 'reused' && event.steps > 0) return { text: sayReused(event), tone: 'accent' }
  if (event.kind === 'ended' && event.error) return { text: event.error.message, tone: 'bad' }
  return null
}

/** The step that failed, or the one that was under way when its stage failed. */
export function failedStep(model: StageModel): Step | null {
  if (model.ended?.outcome !== 'failed') return null
  return model.steps.findLast(({ outcome }) => outcome === 'failed' || outcome === null) ?? null
}

function newStep(key: string, event: Extract<StageEvent, { kind: 'step-started' }>): Step {
  return {
    key,
    title: event.title,
    startedAt: event.at,
    outcome: null,
    durationMs: null,
    lastLine: null,
    progress: null,
    part: partOf(event.step),
  }
}

const tasksBefore = new Set(['predeploy', 'release'])
const tasksAfter = new Set(['postdeploy', 'first-deploy'])

/** The engine numbers its steps; those of a deployment are called after the task, the instance or the route. */
function partOf(step: string): Part {
  if (/^\d/.test(step)) return 'build'
  if (tasksBefore.has(step)) return 'before'
  if (tasksAfter.has(step)) return 'after'
  return step === 'route' ? 'route' : 'instances'
}
