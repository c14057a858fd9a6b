import { randomUUID } from 'node:crypto'
import type { Database } from '@berth/database'
import type { Healthcheck } from '@berth/domain'
import type { OneOffView } from '@berth/observe'
import type { DemoIds, DemoPerson } from './demo-records.ts'

/** Process types, how many of each, what they may use, what died, and jobs on a schedule with what became of them. */
export async function seedProcesses(database: Database, ids: DemoIds, person: DemoPerson): Promise<void> {
  await seedShop(database, ids.apps.shop ?? '', person)
  await seedTides(database, ids.apps.tides ?? '', person)
  await seedDeaths(database, ids.apps.mailer ?? '', mailerDeaths)
}

type Prisma = Database['prisma']

async function seedShop({ prisma }: Database, appId: string, person: DemoPerson): Promise<void> {
  const processes = [
    { type: 'web', command: 'node server.js --port $PORT' },
    { type: 'worker', command: 'node worker.js --queue orders,mail --concurrency 4' },
    { type: 'clock', command: 'node clock.js' },
  ]
  const healthchecks = { web: [page('startup', '/up'), page('readiness', '/ready')], worker: [alive] }
  await prisma.release.updateMany({ where: { appId }, data: { processes, healthchecks } })
  await prisma.process.createMany({
    data: [
      { appId, type: 'web', quantity: 2 },
      { appId, type: 'worker', quantity: 1, memoryBytes: 512n * megabyte, cpus: 0.5 },
      { appId, type: 'clock', quantity: 0 },
    ],
  })
  await seedDeaths({ prisma }, appId, shopDeaths)
  await addJobs(prisma, appId, person)
}

async function seedTides({ prisma }: Database, appId: string, person: DemoPerson): Promise<void> {
  const processes = [
    { type: 'web', command: null },
    { type: 'worker', command: 'bin/fetch-levels --every 30s' },
  ]
  const healthchecks = { web: [page('startup', '/health')] }
  await prisma.release.updateMany({ where: { appId }, data: { processes, healthchecks } })
  await prisma.process.createMany({
    data: [
      { appId, type: 'web', quantity: 2, memoryBytes: 256n * megabyte },
      { appId, type: 'worker', quantity: 1 },
    ],
  })
  await addJobs(prisma, appId, person)
}

const megabyte = 1024n * 1024n
const minuteMs = 60_000
const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs)

const check = { name: null, initialDelayMs: 0, attempts: 3, timeoutMs: 5_000, waitMs: 5_000 }
const page = (type: Healthcheck['type'], path: string): Healthcheck => ({
  ...check,
  type,
  probe: { kind: 'http', scheme: 'http', path, port: null, content: null, headers: [] },
})
const alive: Healthcheck = {
  ...{ ...check, type: 'liveness' },
  probe: { kind: 'command', argv: ['bin/alive', '--within', '60s'] },
}

type DemoDeath = { instance: string; minutesAgo: number; code: number; lastLines: string[] } & Partial<{
  signal: string
  outOfMemory: boolean
  peakMegabytes: bigint
}>

const heap = [
  'worker: taking mail 48211 (3.1 MB)',
  'worker: rendering 412 attachments',
  '<--- Last few GCs --->',
  '[7:0x5581a0] 61203 ms: Mark-Compact 497.1 (511.8) -> 496.8 (511.8) MB, 312.44 / 0.00 ms',
  '\u001b[31mFATAL ERROR\u001b[0m: Reached heap limit Allocation failed - JavaScript heap out of memory',
]
const shopDeaths: DemoDeath[] = [
  {
    ...{ instance: 'worker.1', minutesAgo: 5, code: 137, signal: 'SIGKILL' },
    ...{ outOfMemory: true, peakMegabytes: 512n, lastLines: heap },
  },
  {
    ...{ instance: 'worker.1', minutesAgo: 64, code: 137, signal: 'SIGKILL' },
    ...{ outOfMemory: true, peakMegabytes: 511n, lastLines: heap.slice(0, 2) },
  },
  {
    ...{ instance: 'web.2', minutesAgo: 611, code: 1, peakMegabytes: 143n },
    lastLines: [
      'TypeError: Cannot read properties of undefined (reading ‘price’)',
      '    at total (/app/cart.js:41:19)',
    ],
  },
]
const mailerDeaths: DemoDeath[] = [1, 2, 4, 8].map((minutesAgo) => ({
  ...{ instance: 'web.1', minutesAgo, code: 1, peakMegabytes: 31n },
  lastLines: [
    'Error: connect ECONNREFUSED 10.90.0.9:5432',
    '    at TCPConnectWrap.afterConnect (node:net:1637:16)',
  ],
}))

async function seedDeaths(
  { prisma }: Pick<Database, 'prisma'>,
  appId: string,
  deaths: readonly DemoDeath[],
): Promise<void> {
  await prisma.death.createMany({
    data: deaths.map(({ minutesAgo, signal, outOfMemory, peakMegabytes, ...death }) => ({
      ...death,
      ...{ appId, containerId: randomUUID(), releaseVersion: 3, reason: null },
      ...{ signal: signal ?? null, outOfMemory: outOfMemory ?? false },
      peakMemoryBytes: (peakMegabytes ?? 0n) * megabyte,
      memoryLimitBytes: 512n * megabyte,
      ...{ startedAt: ago(minutesAgo + 51), endedAt: ago(minutesAgo) },
    })),
  })
}

const jobs = [
  { name: 'send-reminders', schedule: '*/15 * * * *', command: 'bin/remind --due 2d', everyMinutes: 15 },
  {
    name: 'nightly-report',
    schedule: '30 2 * * *',
    command: 'node report.js --yesterday',
    everyMinutes: 1440,
  },
  { name: 'tidy', schedule: '0 4 * * 1', command: 'bin/tidy --older-than 30d', everyMinutes: 10_080 },
]

async function addJobs(prisma: Prisma, appId: string, { id }: DemoPerson): Promise<void> {
  for (const [index, { everyMinutes, ...job }] of jobs.entries()) {
    const given = { overlap: 'skip', timeoutMs: 60 * minuteMs }
    const source = index === 0 ? 'release' : 'command'
    const pausedAt = job.name === 'tidy' ? ago(3 * 1440) : null
    const createdById = source === 'command' ? id : null
    await prisma.cronJob.create({ data: { ...job, ...given, appId, source, pausedAt, createdById } })
    const runs = job.name === 'tidy' ? 1 : 12
    await prisma.cronRun.createMany({
      data: Array.from({ length: runs }, (_, before) => ({
        ...{ ...given, appId, jobName: job.name, schedule: job.schedule, command: job.command },
        ...runOf(before, (before + 0.4) * everyMinutes),
      })),
    })
  }
}

function runOf(before: number, minutesAgo: number) {
  const dueAt = ago(minutesAgo)
  const at = (seconds: number) => new Date(dueAt.getTime() + seconds * 1000)
  if (before === 3) return { state: 'skipped', dueAt, createdAt: dueAt }
  const failed = before === 1
  return {
    ...{ state: failed ? 'failed' : 'succeeded', dueAt, createdAt: dueAt, number: before === 0 ? 2 : 1 },
    ...{ startedAt: at(0.3), finishedAt: at(4 + before * 1.7), exitCode: failed ? 2 : 0 },
    ...{
      byHand: before === 5,
      lastLines: failed ? failedLines : [`looked at ${1200 - before * 7} orders`, 'done'],
    },
  }
}

const failedLines = [
  'looking at 1,204 orders',
  '\u001b[31merror\u001b[0m: the mail server said 421 4.7.0 Try again later',
  'gave up after 3 tries',
]

export function demoOneOffs(app: string): OneOffView[] {
  if (app !== 'shop') return []
  const since = (minutes: number) => ago(minutes).toISOString()
  const one = { releaseVersion: 3, state: 'running' as const }
  return [
    { ...one, name: 'run.1', kind: 'attached', containerId: 'run-1', startedAt: since(12), endsAt: null },
    {
      ...{ ...one, name: 'run.2', kind: 'detached', containerId: 'run-2', startedAt: since(41) },
      endsAt: new Date(Date.now() + 19 * minuteMs).toISOString(),
    },
    { ...one, name: 'cron.1', kind: 'cron', containerId: 'cron-1', startedAt: since(1), endsAt: null },
  ]
}
