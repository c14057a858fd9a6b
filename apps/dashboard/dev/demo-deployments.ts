import { randomUUID } from 'node:crypto'
import type { Database } from '@berth/database'
import { type DeploymentCause, type ErrorRecord, noScripts } from '@berth/domain'
import { brokenBuild, cancelled, unhealthy } from './demo-deployment-failures.ts'
import type { DemoIds, DemoPerson } from './demo-records.ts'

/**
 * The app `quay`: a long history with everything in it. Its newest deployment runs its release command, the one before failed
 * its health check, then a rollback that is live; further back a build of 100,000 lines and one of very long lines.
 */
export const quay = 'quay'

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

export const subjects = [
  'Sort bookings by the hour',
  'Say when a berth is taken',
  'Fix the tide table',
  'Use less memory',
]
export const authors = ['Ada Lovelace', 'Bob Bergen', 'Mette-Marit Sørensen-Hovland']
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
    data: { name: quay, teamId: person.teamId, deployBranch: 'main' },
  })
  ids.apps[quay] = appId
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
