import type { StageEvent } from '@berth/domain'
import { expect, test } from 'vitest'
import { addEvents, emptyModel, failedStep } from './stage-model.ts'

const line = (step: string | null, text: string): StageEvent => ({
  kind: 'line',
  at: 1,
  step,
  stream: 'stdout',
  text,
})
const failure = {
  code: 'BUILD.FAILED',
  message: 'npm ci ended with 1',
  hint: '',
  fault: 'user',
  retryable: false,
} as const

const build: StageEvent[] = [
  { kind: 'section', at: 1, text: 'Building' },
  { kind: 'step-started', at: 2, step: '1', title: 'FROM debian' },
  { kind: 'step-finished', at: 3, step: '1', outcome: 'cached', durationMs: 4 },
  { kind: 'step-started', at: 4, step: '2', title: 'RUN npm ci' },
  line('2', 'added 12 packages'),
]

test('steps keep their order, their outcome and how long they took', () => {
  const { model } = addEvents(emptyModel, 'build', build)
  expect(model.steps.map(({ title, outcome, durationMs }) => [title, outcome, durationMs])).toEqual([
    ['FROM debian', 'cached', 4],
    ['RUN npm ci', null, null],
  ])
})

test('lines are numbered through both stages, and steps of the same name stay apart', () => {
  const first = addEvents(emptyModel, 'build', build)
  const second = addEvents(first.model, 'deployment', [
    { kind: 'step-started', at: 9, step: '1', title: 'Start web.1' },
    line('1', 'listening'),
  ])
  expect(second.lines.map(({ number }) => number)).toEqual([5, 6])
  expect(second.model.steps.map(({ key }) => key)).toEqual(['build/1', 'build/2', 'deployment/1'])
})

test('a failure points at the step and its last line', () => {
  const { model } = addEvents(emptyModel, 'build', [
    ...build,
    line('2', 'npm error'),
    { kind: 'step-finished', at: 7, step: '2', outcome: 'failed', durationMs: 3 },
    { kind: 'ended', at: 8, outcome: 'failed', error: failure, next: null },
  ])
  expect(failedStep(model)).toMatchObject({ title: 'RUN npm ci', lastLine: 5 })
})

test('a failure that quotes a file takes a line for each of its own, so that the rows below stay where they are', () => {
  const error = { ...failure, message: 'Dockerfile:2: no such file\n  1 | FROM scratch\n> 2 | COPY a /a' }
  const { lines, model } = addEvents(emptyModel, 'build', [
    ...build,
    { kind: 'ended', at: 8, outcome: 'failed', error, next: null },
  ])
  expect(lines.slice(-3).map(({ number, text }) => [number, text])).toEqual([
    [5, 'Dockerfile:2: no such file'],
    [6, '  1 | FROM scratch'],
    [7, '> 2 | COPY a /a'],
  ])
  expect(model.lineCount).toBe(7)
})

test('while nothing has failed there is no failed step', () => {
  expect(failedStep(addEvents(emptyModel, 'build', build).model)).toBeNull()
})

test('while several steps are under way, each line says which one it belongs to', () => {
  const { lines } = addEvents(emptyModel, 'build', [
    { kind: 'step-started', at: 1, step: '0.1', title: '[api 2/2] RUN make' },
    line('0.1', 'alone'),
    { kind: 'step-started', at: 2, step: '1.1', title: '[web 2/2] RUN build' },
    line('0.1', 'one'),
    { kind: 'step-finished', at: 3, step: '0.1', outcome: 'done', durationMs: 1 },
    line('1.1', 'two'),
  ])
  expect(lines.flatMap(({ text, source }) => (text.includes('RUN') ? [] : [[source, text]]))).toEqual([
    [undefined, 'alone'],
    ['api 2/2', 'one'],
    [undefined, 'two'],
  ])
})

test('how far a transfer is stands at its step, and what was reused at the end of the log', () => {
  const { model, lines } = addEvents(emptyModel, 'build', [
    { kind: 'step-started', at: 1, step: '0.0', title: 'FROM far' },
    { kind: 'progress', at: 2, step: '0.0', what: 'layer', doneBytes: 1024, ofBytes: 4096 },
    { kind: 'warning', at: 3, text: 'careful.', rule: 'StageNameCasing', path: 'Dockerfile', line: 2 },
    { kind: 'reused', at: 4, steps: 1, of: 2, savedMs: null },
  ])
  expect(model.steps[0]?.progress).toBe('layer: 1 of 4 kB')
  expect(lines.map(({ text }) => text)).toEqual([
    'FROM far',
    'Dockerfile:2: careful. (StageNameCasing)',
    '1 of 2 steps reused',
  ])
})

test('a health check that failed says which attempt comes next, and what was answered', () => {
  const told = 'the answer was 503'
  const { model, lines } = addEvents(emptyModel, 'deployment', [
    { kind: 'step-started', at: 1, step: 'web.1', title: 'Starting web.1' },
    { kind: 'check', at: 2, step: 'web.1', check: 'GET /health', attempt: 1, of: 3, told },
  ])
  expect(model.steps[0]).toMatchObject({ progress: 'check 2 of 3', part: 'instances', lastLine: 2 })
  expect(lines.at(-1)).toMatchObject({ text: 'Check GET /health, 1 of 3: the answer was 503', tone: 'warn' })
})

test('each step belongs to a part: the build, a task before, instances, the route, a task after', () => {
  const steps = ['1.4', 'release', 'web.1', 'route', 'postdeploy']
  const { model, lines } = addEvents(
    emptyModel,
    'one',
    steps.map((step) => ({ kind: 'step-started', at: 1, step, title: step })),
  )
  expect(model.steps.map(({ part }) => part)).toEqual(['build', 'before', 'instances', 'route', 'after'])
  expect(lines.every(({ isHead, group }) => isHead && group)).toBe(true)
})

test('what was reused is kept for the summary, and nothing is said of nothing', () => {
  const none = addEvents(emptyModel, 'build', [{ kind: 'reused', at: 4, steps: 0, of: 9, savedMs: null }])
  expect([none.model.reused?.of, none.lines]).toEqual([9, []])
})
