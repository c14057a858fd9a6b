import { setTimeout as sleep } from 'node:timers/promises'
import type { StageEvent } from '@berth/domain'

/** Events of invented builds and deployments. */
const steps = [
  ['1', 'FROM debian:bookworm-slim AS build', 'cached', 2],
  ['2', 'WORKDIR /app', 'cached', 1],
  ['3', 'COPY package.json package-lock.json ./', 'done', 31],
  ['4', 'RUN npm ci', 'done', 5210],
  ['5', 'RUN npm run build', 'done', 1830],
] as const

export async function* finishedBuild({
  fails,
  next,
}: {
  fails: boolean
  next: string | null
}): AsyncIterable<StageEvent> {
  let at = Date.now() - 3_600_000
  yield { kind: 'section', at, text: 'Building shop from 3f9c2ab' }
  for (const [step, title, outcome, durationMs] of steps) {
    const failed = fails && step === '4'
    yield { kind: 'step-started', at, step, title }
    for (let number = 0; outcome === 'done' && number < 40; number++) {
      yield { kind: 'line', at, step, stream: 'stdout', text: lineOf(step, number) }
    }
    if (failed)
      yield { kind: 'line', at, step, stream: 'stderr', text: '\u001b[31mnpm error\u001b[0m code EUSAGE' }
    if (failed)
      yield {
        kind: 'line',
        at,
        step,
        stream: 'stderr',
        text: '\u001b[31mnpm error\u001b[0m `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
      }
    at += durationMs
    yield { kind: 'step-finished', at, step, outcome: failed ? 'failed' : outcome, durationMs }
    if (failed) break
  }
  const error = fails
    ? {
        code: 'BUILD.STEP_FAILED',
        message: 'Step 4, RUN npm ci, ended with exit code 1.',
        hint: '',
        fault: 'user' as const,
        retryable: false,
      }
    : null
  yield { kind: 'ended', at, outcome: fails ? 'failed' : 'succeeded', error, next }
}

export async function* finishedDeployment(): AsyncIterable<StageEvent> {
  const at = Date.now() - 3_500_000
  const carried = [
    ['start', 'Start web.1 and web.2', 61],
    ['health', 'Wait until they accept connections', 214],
    ['switch', 'Switch the route', 4],
    ['drain', 'Drain and stop v2', 1020],
  ] as const
  yield { kind: 'section', at, text: 'Deploying v3' }
  for (const [step, title, durationMs] of carried) {
    yield { kind: 'step-started', at, step, title }
    yield { kind: 'line', at, step, stream: 'stdout', text: `${title}: done` }
    yield { kind: 'step-finished', at, step, outcome: 'done', durationMs }
  }
  yield { kind: 'ended', at, outcome: 'succeeded', error: null, next: null }
}

/** Goes on as long as somebody looks. */
export async function* runningBuild(): AsyncIterable<StageEvent> {
  yield { kind: 'section', at: Date.now(), text: 'Building orders from 9d1be07' }
  for (const [step, title] of steps) {
    yield { kind: 'step-started', at: Date.now(), step, title }
    if (step === '4') break
    yield { kind: 'step-finished', at: Date.now(), step, outcome: 'cached', durationMs: 2 }
  }
  for (let number = 0; ; number++) {
    yield { kind: 'line', at: Date.now(), step: '4', stream: 'stdout', text: lineOf('4', number) }
    await sleep(300)
  }
}

/** As many lines as a log view keeps. */
export async function* longBuild(): AsyncIterable<StageEvent> {
  yield { kind: 'step-started', at: Date.now(), step: '4', title: 'RUN npm ci' }
  for (let number = 0; number < 100_000; number++) {
    if (number % 1000 === 0) await sleep(1)
    yield { kind: 'line', at: Date.now(), step: '4', stream: 'stdout', text: lineOf('4', number) }
  }
  yield { kind: 'ended', at: Date.now(), outcome: 'succeeded', error: null, next: null }
}

function lineOf(step: string, number: number): string {
  if (step !== '4') return `  dist/chunk-${number}.js   ${(number * 13) % 97} kB`
  return `\u001b[90mnpm http fetch\u001b[0m GET \u001b[32m200\u001b[0m https://registry.example/pkg-${number} ${12 + (number % 60)}ms`
}
