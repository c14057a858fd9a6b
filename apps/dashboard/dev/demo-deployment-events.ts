import { setTimeout as sleep } from 'node:timers/promises'
import type { StageEvent } from '@berth/domain'
import { brokenBuild, unhealthy } from './demo-deployment-failures.ts'
import type { DemoIds } from './demo-records.ts'

/** Undefined: it is no stage of this file. */
export function deploymentEvents(id: string, { stages }: DemoIds): AsyncIterable<StageEvent> | undefined {
  const is = (name: string) => id === stages[`quay-${name}`]
  const next = (name: string) => stages[`quay-${name}-deployment`] ?? null
  if (is('migrating')) return build({ next: next('migrating') })
  if (is('migrating-deployment')) return migrating()
  if (is('unhealthy')) return build({ next: next('unhealthy') })
  if (is('unhealthy-deployment')) return unhealthyDeployment()
  if (is('back-deployment')) return rolledBack()
  if (is('broken')) return build({ fails: true, next: null })
  if (is('huge')) return build({ lines: 100_000, next: next('huge') })
  if (is('huge-deployment') || is('wide-deployment')) return rolledBack()
  if (is('wide')) return build({ lines: 60, width: 15_000, next: next('wide') })
  return undefined
}

type Step = [step: string, title: string, outcome: 'cached' | 'done', durationMs: number]

const steps: Step[] = [
  ['0.0', '[build 1/6] FROM node:24-slim', 'cached', 1],
  ['0.1', '[build 2/6] WORKDIR /app', 'cached', 1],
  ['0.2', '[build 3/6] COPY package.json package-lock.json ./', 'cached', 2],
  ['0.3', '[build 4/6] RUN npm ci', 'cached', 1],
  ['0.4', '[build 5/6] COPY . .', 'done', 84],
  ['0.5', '[build 6/6] RUN npm run build', 'done', 6_240],
  ['1.0', '[run 1/3] FROM node:24-slim', 'cached', 1],
  ['1.1', '[run 2/3] COPY --from=build /app /app', 'done', 190],
  ['1.2', '[run 3/3] USER node', 'cached', 1],
]

type Built = { next: string | null; lines?: number; width?: number; fails?: boolean }

async function* build({ next, fails = false, ...printing }: Built): AsyncIterable<StageEvent> {
  let at = Date.now() - 3_600_000
  yield { kind: 'section', at, text: 'Building quay from 7be01f4' }
  for (const [step, title, outcome, durationMs] of steps) {
    const isFailed = fails && step === slowStep
    yield { kind: 'step-started', at, step, title }
    if (step === slowStep) yield* printed(at, { ...printing, fails })
    at += durationMs
    yield { kind: 'step-finished', at, step, outcome: isFailed ? 'failed' : outcome, durationMs }
    if (isFailed) return yield { kind: 'ended', at, outcome: 'failed', error: brokenBuild, next: null }
  }
  yield { kind: 'reused', at, steps: 6, of: 9, savedMs: 41_200 }
  yield { kind: 'ended', at, outcome: 'succeeded', error: null, next }
}

const slowStep = '0.5'

async function* printed(
  at: number,
  { lines = 60, width, fails }: Omit<Built, 'next'>,
): AsyncIterable<StageEvent> {
  for (let number = 1; number <= lines; number++) {
    if (number % 2000 === 0) await sleep(1)
    yield { kind: 'line', at, step: slowStep, stream: 'stdout', text: tileLine(number, width) }
  }
  if (fails)
    for (const text of compileError) yield { kind: 'line', at, step: slowStep, stream: 'stderr', text }
}

const compileError = [
  "\u001b[96msrc/map.ts\u001b[0m:\u001b[93m41\u001b[0m:\u001b[93m18\u001b[0m - \u001b[91merror\u001b[0m\u001b[90m TS2339: \u001b[0mProperty 'depth' does not exist on type 'Berth'.",
  '',
  '\u001b[7m41\u001b[0m   return berth.depth.low',
  '\u001b[7m  \u001b[0m \u001b[91m               ~~~~~\u001b[0m',
  '\u001b[31mFound 1 error.\u001b[0m',
]

function tileLine(number: number, width?: number): string {
  const told = `\u001b[2mtile\u001b[0m ${String(number).padStart(6, '0')} \u001b[32mdrawn\u001b[0m in ${(number * 7) % 31} ms`
  if (width === undefined)
    return number % 9_973 === 0 ? `${told} \u001b[33mwarning\u001b[0m: the depth is not known` : told
  return `{"tile":${number},"points":[${'[5.3221,60.3913],'.repeat(Math.floor(width / 17))}[0,0]]}`
}

async function* migrating(): AsyncIterable<StageEvent> {
  const began = Date.now() - 12_000
  yield { kind: 'section', at: began, text: 'Starting v50' }
  const step = 'release'
  yield { kind: 'step-started', at: began + 40, step, title: 'Running the release command: npm run migrate' }
  for (let number = 1; number <= 60; number++)
    yield {
      kind: 'line',
      at: began,
      step,
      stream: 'stdout',
      text: `moved ${number * 500} of 240,000 bookings`,
    }
  for (let number = 61; ; number++) {
    yield {
      kind: 'line',
      at: Date.now(),
      step,
      stream: 'stdout',
      text: `moved ${number * 500} of 240,000 bookings`,
    }
    await sleep(400)
  }
}

async function* unhealthyDeployment(): AsyncIterable<StageEvent> {
  let at = Date.now() - 420_000
  yield { kind: 'section', at, text: 'Starting v49' }
  yield* task(at)
  yield { kind: 'step-started', at, step: 'web.1', title: 'Starting web.1' }
  yield { kind: 'step-started', at, step: 'web.2', title: 'Starting web.2' }
  const told = 'the answer was 503: the berth map is not loaded'
  for (const attempt of [1, 2, 3]) {
    at += 5_000
    yield { kind: 'check', at, step: 'web.1', check: 'GET /health', attempt, of: 3, told }
  }
  yield { kind: 'step-finished', at, step: 'web.1', outcome: 'failed', durationMs: 11_020 }
  yield { kind: 'step-finished', at, step: 'web.2', outcome: 'cancelled', durationMs: 11_010 }
  yield { kind: 'ended', at, outcome: 'failed', error: unhealthy, next: null }
}

async function* rolledBack(): AsyncIterable<StageEvent> {
  const at = Date.now() - 34 * 60_000
  yield { kind: 'section', at, text: 'Starting v48' }
  yield* task(at)
  for (const step of ['web.1', 'web.2', 'worker.1']) {
    yield { kind: 'step-started', at, step, title: `Starting ${step}` }
    yield { kind: 'step-finished', at, step, outcome: 'done', durationMs: step === 'worker.1' ? 1_004 : 412 }
  }
  yield { kind: 'step-started', at, step: 'route', title: 'Switching the route' }
  yield { kind: 'step-finished', at, step: 'route', outcome: 'done', durationMs: 4 }
  yield { kind: 'ended', at, outcome: 'succeeded', error: null, next: null }
}

async function* task(at: number): AsyncIterable<StageEvent> {
  yield { kind: 'step-started', at, step: 'release', title: 'Running the release command: npm run migrate' }
  yield {
    kind: 'line',
    at,
    step: 'release',
    stream: 'stdout',
    text: '\u001b[32m✓\u001b[0m nothing to migrate',
  }
  yield { kind: 'step-finished', at, step: 'release', outcome: 'done', durationMs: 640 }
}
