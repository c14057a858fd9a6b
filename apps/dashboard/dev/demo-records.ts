import { randomUUID } from 'node:crypto'
import type { Database } from '@berth/database'
import { type ErrorRecord, noScripts } from '@berth/domain'

/** Records as a platform has them after a week: something live, something deploying, something broken. */
export type DemoIds = { apps: Record<string, string>; stages: Record<string, string> }

type Prisma = Database['prisma']
type Outcome = 'live' | 'superseded' | 'failed' | 'build-failed' | 'building'
type Push = { message: string; minutesAgo: number; outcome: Outcome; error?: ErrorRecord; name?: string }

const outOfMemory: ErrorRecord = {
  code: 'BUILD.OUT_OF_MEMORY',
  message: 'The build was killed: out of memory at 2 GB.',
  hint: 'Step 5, RUN npm run build, needed more. Raise the limit, or build with fewer workers.',
  fault: 'user',
  retryable: false,
}
const stepFailed: ErrorRecord = {
  code: 'BUILD.STEP_FAILED',
  message: 'Step 4, RUN npm ci, ended with exit code 1.',
  hint: 'The last lines of its output say why: package-lock.json does not fit package.json.',
  fault: 'user',
  retryable: false,
}
const neverListened: ErrorRecord = {
  code: 'DEPLOY.NOT_HEALTHY',
  message: 'web.1 did not accept a connection on port 5000 within 60 s.',
  hint: 'Listen on 0.0.0.0 and on $PORT. It listens on 127.0.0.1:3000.',
  fault: 'user',
  retryable: false,
}

const history: Record<string, Push[]> = {
  shop: [
    {
      message: 'Add the checkout page\n\nWith the new form.',
      minutesAgo: 3,
      outcome: 'failed',
      error: neverListened,
    },
    { message: 'Show prices with tax', minutesAgo: 42, outcome: 'live', name: 'live' },
    {
      message:
        'Cache product pictures for a day, and those of their sellers for an hour, unless they were changed',
      minutesAgo: 300,
      outcome: 'superseded',
    },
    {
      message: 'Use the smaller font',
      minutesAgo: 1500,
      outcome: 'build-failed',
      error: stepFailed,
      name: 'broken',
    },
    { message: 'First version', minutesAgo: 2900, outcome: 'superseded' },
  ],
  orders: [
    { message: 'Answer /orders in pages of 100', minutesAgo: 0, outcome: 'building', name: 'running' },
    { message: 'Accept gzip', minutesAgo: 1440, outcome: 'live' },
  ],
  mailer: [{ message: 'Retry letters that bounce', minutesAgo: 90, outcome: 'live', name: 'long' }],
  blog: [{ message: 'A post about harbours', minutesAgo: 15, outcome: 'build-failed', error: outOfMemory }],
  tides: [
    { message: 'Show the tides of the next three days', minutesAgo: 26, outcome: 'live' },
    { message: 'Read levels from the new gauge', minutesAgo: 190, outcome: 'superseded' },
    { message: 'Answer in 20 ms: keep harbours in memory', minutesAgo: 1600, outcome: 'superseded' },
    { message: 'Add a worker that fetches levels', minutesAgo: 3100, outcome: 'superseded' },
    { message: 'Use Node.js 24', minutesAgo: 4600, outcome: 'superseded' },
  ],
  atlas: [],
  archive: [{ message: 'Show letters of 1893', minutesAgo: 9400, outcome: 'live' }],
  ferries: [
    { message: 'Timetables of the summer', minutesAgo: 4100, outcome: 'live' },
    { message: 'Say when a ferry is late', minutesAgo: 7300, outcome: 'superseded' },
  ],
}

const minute = 60_000

/** `colleagueId`: another person of the team, who did some of it. */
export type DemoPerson = { id: string; colleagueId: string; teamId: string }

export async function seed(prisma: Prisma, person: DemoPerson): Promise<DemoIds> {
  const ids: DemoIds = { apps: {}, stages: {} }
  for (const [name, pushes] of Object.entries(history)) {
    const app = await prisma.app.create({
      data: { name, teamId: person.teamId, deployBranch: pushes.length ? 'main' : null },
    })
    ids.apps[name] = app.id
    let version = 0
    for (const push of [...pushes].reverse()) {
      const released = push.outcome !== 'build-failed' && push.outcome !== 'building'
      if (released) version += 1
      const stages = await addPush(prisma, {
        appId: app.id,
        personId: person.id,
        push,
        version: released ? version : null,
      })
      if (push.name)
        Object.assign(ids.stages, {
          [push.name]: stages.build,
          [`${push.name}-deployment`]: stages.deployment,
        })
    }
  }
  return ids
}

type NewPush = { appId: string; personId: string; push: Push; version: number | null }

async function addPush(prisma: Prisma, { appId, personId, push, version }: NewPush) {
  const at = (seconds: number) => new Date(Date.now() - push.minutesAgo * minute + seconds * 1000)
  const commit = randomUUID().replaceAll('-', '').padEnd(40, '0')
  const revision = await prisma.revision.create({
    data: {
      appId,
      commit,
      message: push.message,
      author: 'Ada Lovelace',
      branch: 'main',
      pushedById: personId,
      createdAt: at(0),
    },
  })
  const imageDigest = `sha256:${commit.padEnd(64, 'a')}`
  const build = await prisma.build.create({
    data: {
      appId,
      revisionId: revision.id,
      createdAt: at(0),
      startedAt: at(0.1),
      ...(push.outcome === 'building' ? { state: 'running' } : { finishedAt: at(7.4) }),
      ...(push.outcome === 'build-failed' ? { state: 'failed', error: push.error } : {}),
      ...(version === null ? {} : { state: 'succeeded', imageDigest }),
    },
  })
  if (version === null) return { build: build.id, deployment: null }
  const release = await prisma.release.create({
    data: {
      appId,
      version,
      imageDigest,
      revisionId: revision.id,
      processes: [{ type: 'web', command: null }],
      configuration: {},
      healthchecks: {},
      scripts: noScripts,
      cron: [],
      limits: {},
      reason: 'push',
      createdById: personId,
      createdAt: at(7.5),
    },
  })
  const deployment = await prisma.deployment.create({
    data: {
      appId,
      releaseId: release.id,
      state: push.outcome,
      createdAt: at(7.6),
      startedAt: at(7.7),
      finishedAt: at(push.outcome === 'failed' ? 67 : 7.9 + (push.message.length % 8) * 0.4),
      ...(push.error ? { error: push.error } : {}),
    },
  })
  return { build: build.id, deployment: deployment.id }
}
