import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@berth/database'
import { type DeploymentCause, type ErrorRecord, noScripts, type StageEvent } from '@berth/domain'
import type { InstanceView, ReleaseComparison } from '@berth/observe'
import type { DemoIds, DemoPerson } from './demo-records.ts'

/**
 * The app `quay`: a long history with everything in it. Its newest deployment runs its release command, the one before failed
 * its health check, then a rollback that is live; further back a build of 100,000 lines and one of very long lines.
 */
const app = 'quay'

type Outcome = 'live' | 'superseded' | 'failed' | 'cancelled' | 'build-failed' | 'starting'

type Attempt = {
  /** Of a commit; null: nothing was built. */
  message: string | null
  reason?: string
  cause?: DeploymentCause
  source?: object
  minutesAgo: number
  outcome: Outcome
  error?: ErrorRecord
  configuration?: Record<string, string>
  /** Where its stages are kept in DemoIds: `quay-NAME`, and `quay-NAME-deployment`. */
  name?: string
  author?: string
  /** Version whose image it has. */
  like?: number
}

const failure = (code: string, message: string, hint: string): ErrorRecord => ({
  ...{ code, message, hint, fault: 'user', retryable: false },
})

const unhealthy = failure(
  'DEPLOY.UNHEALTHY',
  'web.1 did not get healthy: its check GET /health failed 3 times: the answer was 503: the berth map is not loaded.',
  'Look at what it printed. A check that needs more time gets it by "attempts" and "wait" in app.json.',
)
const brokenBuild = failure(
  'BUILD.STEP_FAILED',
  'Dockerfile:9: RUN npm run build ended with exit code 2.\n   8 | COPY . .\n>  9 | RUN npm run build\n  10 | FROM node:24-slim',
  'Its last lines say why.',
)
const cancelled = failure(
  'DEPLOY.CANCELLED',
  'The deployment was cancelled.',
  'Nothing was changed. Push again to deploy.',
)

const today = { MAP_TILES: 'https://tiles.example', MAP_KEY: 'k-2', LOG_LEVEL: 'info', QUAY_COUNT: '12' }
const before = { MAP_TILES: 'https://old.example', LOG_LEVEL: 'info', LEGACY_MAP: '1' }

/** Newest first. Versions are counted from the oldest that got a release. */
const recent: Attempt[] = [
  {
    message: 'Move bookings to their own table',
    ...{ minutesAgo: 0.2, outcome: 'starting', name: 'migrating', configuration: today },
  },
  {
    message: 'Check the berth map before answering',
    ...{ minutesAgo: 7, outcome: 'failed', error: unhealthy, name: 'unhealthy', configuration: today },
  },
  {
    message: null,
    reason: 'Roll back to v46',
    ...{ cause: 'change', minutesAgo: 34, outcome: 'live', like: 46, name: 'back', configuration: today },
  },
  {
    message: 'Draw the berths as polygons, with the depth of the water at low tide and at high tide',
    ...{ minutesAgo: 55, outcome: 'superseded', author: 'Mette-Marit Sørensen-Hovland' },
    configuration: today,
  },
  {
    message: null,
    reason: 'Set MAP_KEY, QUAY_COUNT and remove LEGACY_MAP',
    ...{ cause: 'change', minutesAgo: 180, outcome: 'superseded', like: 45, configuration: today },
  },
  { message: 'Build every tile of the map', minutesAgo: 260, outcome: 'superseded', name: 'huge' },
  {
    message: 'Compile the map with the new types',
    ...{ minutesAgo: 290, outcome: 'build-failed', error: brokenBuild, name: 'broken', author: 'Bob Bergen' },
  },
  { message: 'Try the new router', minutesAgo: 400, outcome: 'cancelled', error: cancelled },
  {
    message: null,
    reason: 'Limits of web: 1 GB, 2 CPUs',
    ...{ cause: 'change', minutesAgo: 900, outcome: 'superseded', like: 43 },
  },
  { message: 'Keep tiles as one line of JSON', minutesAgo: 1500, outcome: 'superseded', name: 'wide' },
  {
    message: null,
    reason: 'Restart v42',
    ...{ cause: 'restart', minutesAgo: 1700, outcome: 'superseded', like: 42 },
  },
]

const subjects = [
  'Sort bookings by the hour',
  'Say when a berth is taken',
  'Fix the tide table',
  'Use less memory',
]
const authors = ['Ada Lovelace', 'Bob Bergen', 'Mette-Marit Sørensen-Hovland']
const older: Attempt[] = Array.from({ length: 46 }, (_, at) => ({
  message: `${subjects[at % subjects.length]}${at >= subjects.length ? ` (${at})` : ''}`,
  author: authors[at % authors.length],
  minutesAgo: 1800 + at * 431,
  outcome: at % 11 === 5 ? 'build-failed' : 'superseded',
  ...(at % 11 === 5 ? { error: brokenBuild } : {}),
}))

export async function seedDeployments(
  { prisma }: Pick<Database, 'prisma'>,
  ids: DemoIds,
  person: DemoPerson,
): Promise<void> {
  const { id: appId } = await prisma.app.create({
    data: { name: app, teamId: person.teamId, deployBranch: 'main' },
  })
  ids.apps[app] = appId
  const limits = { memoryBytes: 1024 ** 3, cpus: 2 }
  await prisma.process.create({ data: { appId, type: 'web', quantity: 2, ...limits } })
  const digests = new Map<number, { imageDigest: string; revisionId: string | null }>()
  let version = 0
  for (const attempt of [...recent, ...older].reverse()) {
    const hasRelease = attempt.outcome !== 'build-failed' && attempt.outcome !== 'cancelled'
    if (hasRelease && attempt.cause !== 'restart') version += 1
    const stages = await addAttempt(prisma, { appId, person, attempt, version, digests, hasRelease })
    const names = {
      [`quay-${attempt.name}`]: stages.build,
      [`quay-${attempt.name}-deployment`]: stages.deployment,
    }
    if (attempt.name) Object.assign(ids.stages, names)
  }
}

type Adding = {
  appId: string
  person: DemoPerson
  attempt: Attempt
  version: number
  digests: Map<number, { imageDigest: string; revisionId: string | null }>
  hasRelease: boolean
}

async function addAttempt(prisma: Database['prisma'], adding: Adding) {
  const { appId, attempt, version, digests, hasRelease, person } = adding
  const at = (seconds: number) => new Date(Date.now() - attempt.minutesAgo * 60_000 + seconds * 1000)
  const createdById = attempt.author === 'Bob Bergen' ? person.colleagueId : person.id
  const known = { id: null, ...(digests.get(attempt.like ?? 0) ?? unknownImage) }
  const made = attempt.like === undefined ? await addBuild(prisma, adding, at) : known
  const { imageDigest } = made
  if (!hasRelease) return { build: made.id, deployment: null }
  const release =
    attempt.cause === 'restart'
      ? await prisma.release.findFirstOrThrow({ where: { appId, version } })
      : await prisma.release.create({
          data: {
            ...{ appId, version, imageDigest, revisionId: made.revisionId, createdById, createdAt: at(9) },
            ...(version > 40 ? later : earlier),
            configuration: attempt.configuration ?? before,
            reason: attempt.reason ?? `Deploy ${attempt.message}`,
          },
        })
  digests.set(version, { imageDigest, revisionId: made.revisionId })
  const isOver = attempt.outcome !== 'starting'
  const deployment = await prisma.deployment.create({
    data: {
      ...{ appId, releaseId: release.id, createdById, cause: attempt.cause ?? 'build' },
      ...{ state: attempt.outcome, createdAt: at(9.1), startedAt: at(9.2) },
      ...(isOver ? { finishedAt: at(attempt.outcome === 'failed' ? 24 : 10.4), settledAt: at(11) } : {}),
      ...(attempt.error ? { error: attempt.error } : {}),
    },
  })
  return { build: made.id, deployment: deployment.id }
}

const unknownImage = { imageDigest: `sha256:${'0'.repeat(64)}`, revisionId: null }

async function addBuild(
  prisma: Database['prisma'],
  { appId, attempt, person }: Adding,
  at: (seconds: number) => Date,
) {
  const commit = randomUUID().replaceAll('-', '').padEnd(40, '0')
  const { id: revisionId } = await prisma.revision.create({
    data: {
      ...{
        appId,
        commit,
        message: attempt.message ?? '',
        author: attempt.author ?? 'Ada Lovelace',
        branch: 'main',
      },
      ...{ pushedById: attempt.author === 'Bob Bergen' ? person.colleagueId : person.id, createdAt: at(0) },
    },
  })
  const imageDigest = `sha256:${commit.padEnd(64, 'b')}`
  const succeeded = {
    state: 'succeeded',
    imageDigest,
    steps: 9,
    reusedSteps: Math.round(attempt.minutesAgo) % 10,
  }
  const over = attempt.outcome === 'cancelled' ? 'cancelled' : 'failed'
  const { id } = await prisma.build.create({
    data: {
      ...{ appId, revisionId, createdAt: at(0), startedAt: at(0.1), finishedAt: at(8.8) },
      ...(attempt.outcome === 'build-failed' || attempt.outcome === 'cancelled'
        ? { state: over, error: attempt.error ?? undefined }
        : succeeded),
    },
  })
  return { id, imageDigest, revisionId }
}

const common = { healthchecks: {}, scripts: noScripts, cron: [] }
const earlier = {
  ...common,
  processes: [{ type: 'web', command: 'node server.js' }],
  releaseCommand: null,
  limits: {},
}
const later = {
  ...common,
  processes: [
    { type: 'web', command: 'node server.js --map' },
    { type: 'worker', command: 'node tiles.js' },
  ],
  releaseCommand: 'npm run migrate',
  limits: { web: { memoryBytes: 1024 ** 3, cpus: 2 } },
}

/** What the worker would answer about `quay`; undefined: nothing of its own. */
export function deploymentAnswer(name: string, what: string | undefined, query: URLSearchParams): unknown {
  if (name !== app) return what === 'available-releases' ? [1, 2, 3, 4, 5] : undefined
  if (what === 'available-releases') return [50, 49, 48, 47, 46, 45, 44, 43, 42]
  if (what === 'comparison') return comparison(Number(query.get('from')), Number(query.get('to')))
  if (what === 'instances') return [instance('web.1', 48, 'running'), instance('web.2', 48, 'running')]
  return undefined
}

function comparison(from: number, to: number): ReleaseComparison {
  const count = Math.min(14, Math.abs(to - from) * 3)
  const lines = Array.from({ length: count }, (_, at) => ({
    commit: `${(at + 10).toString(16)}c0ffee`.padEnd(40, '0'),
    author: authors[at % authors.length] ?? '',
    subject: `${subjects[at % subjects.length]}, part ${at + 1}`,
  }))
  const isForth = to > from
  return {
    commits: { added: isForth ? lines : [], removed: isForth ? [] : lines },
    files: {
      changes: Array.from({ length: 500 }, (_, at) => ({
        change:
          (['added', 'changed', 'removed'] as const)[at % 7 === 0 ? 0 : at % 11 === 0 ? 2 : 1] ?? 'changed',
        path: `/app/${at < 40 ? 'src' : 'node_modules/@harbour/tiles'}/level-${at % 12}/tile-${at}.js`,
      })),
      totals: { added: 1_204, changed: 10_851, removed: 365, bytes: 84_233_112 },
    },
  }
}

function instance(name: string, releaseVersion: number, state: InstanceView['state']): InstanceView {
  return {
    ...{ name, processType: name.split('.')[0] ?? 'web', releaseVersion, containerId: `quay-${name}`, state },
    ...{ address: '10.90.4.2', startedAt: new Date(Date.now() - 34 * 60_000).toISOString(), restarts: 0 },
    ...{ health: { state: 'healthy', reason: null }, lastExit: null, cpuFraction: 0.06 },
    ...{ memoryBytes: 140 * 1024 ** 2, memoryLimitBytes: 1024 ** 3 },
  }
}

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
