import { randomUUID } from 'node:crypto'
import {
  type CronJob,
  type CronOverlap,
  type CronRun,
  type CronRunState,
  cronRunStates,
  isCronRunOver,
  statesBefore,
} from '@berth/domain'
import type { CronStore } from '@berth/release'
import { z } from 'zod'
import { databaseError } from '../../errors.ts'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { readError, writeError } from './json-columns.ts'
import { changed, isUniqueViolation, twiceIfLost } from './outcomes.ts'

export function cronStore(prisma: PrismaClient): CronStore {
  const become = (id: string, state: CronRunState, data: Prisma.CronRunUpdateManyMutationInput) =>
    changed(
      () =>
        prisma.cronRun.updateMany({
          where: { id, state: { in: statesBefore(cronRunStates, state) } },
          data: { ...data, state },
        }),
      async () => (await prisma.cronRun.count({ where: { id, state } })) > 0,
    )
  return {
    async jobs(appId) {
      if (!isRecordId(appId)) return []
      return (await prisma.cronJob.findMany({ where: { appId }, orderBy: { name: 'asc' } })).map(toJob)
    },
    async allJobs() {
      return (await prisma.cronJob.findMany({ orderBy: { createdAt: 'asc' } })).map(toJob)
    },
    async job(appId, name) {
      if (!isRecordId(appId)) return null
      const row = await prisma.cronJob.findUnique({ where: { appId_name: { appId, name } } })
      return row === null ? null : toJob(row)
    },
    async add(job) {
      try {
        return toJob(await prisma.cronJob.create({ data: job }))
      } catch (error) {
        if (isUniqueViolation(error)) throw databaseError['CRON.NAME_TAKEN']({ name: job.name })
        throw error
      }
    },
    async remove(appId, name) {
      return (await prisma.cronJob.deleteMany({ where: { appId, name } })).count > 0
    },
    async setPaused(appId, name, pausedAt) {
      const data = pausedAt === null ? { pausedAt, countsFrom: new Date() } : { pausedAt }
      return (await prisma.cronJob.updateMany({ where: { appId, name }, data })).count > 0
    },
    async follow(appId, jobs) {
      const names = jobs.map(({ name }) => name)
      const data = jobs.map((job) => ({ ...job, appId, source: 'release', createdById: null }))
      await twiceIfLost(() =>
        prisma.$transaction([
          prisma.cronJob.deleteMany({ where: { appId, source: 'release', name: { notIn: names } } }),
          prisma.cronJob.createMany({ data, skipDuplicates: true }),
        ]),
      )
    },
    decide: (decision) => decide(prisma, decision),
    async request(job, startedById) {
      const dueAt = new Date()
      const data = { ...runOf(job), id: randomUUID(), dueAt, byHand: true, startedById, state: 'waiting' }
      return toRun(
        await twiceIfLost(() =>
          prisma.cronRun.upsert({ where: { id: data.id }, create: data, update: { id: data.id } }),
        ),
      )
    },
    async run(id) {
      const row = isRecordId(id) ? await prisma.cronRun.findUnique({ where: { id } }) : null
      return row === null ? null : toRun(row)
    },
    become: (id, state, error) =>
      become(id, state, {
        ...(state === 'running' ? { startedAt: new Date() } : { finishedAt: new Date() }),
        error: writeError(error ?? null),
      }),
    async started(id, number) {
      await prisma.cronRun.updateMany({ where: { id }, data: { number } })
    },
    end: (id, { state, error, ...ending }) =>
      become(id, state, { ...ending, error: writeError(error), finishedAt: new Date() }),
    async unfinished() {
      const where = { state: { in: ['waiting', 'running'] satisfies CronRunState[] } }
      return (await prisma.cronRun.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toRun)
    },
    async history(appId, jobName, limit) {
      if (!isRecordId(appId)) return []
      const orderBy = { createdAt: 'desc' } as const
      return (await prisma.cronRun.findMany({ where: { appId, jobName }, orderBy, take: limit })).map(toRun)
    },
    async forget(before) {
      await prisma.cronRun.deleteMany({ where: { finishedAt: { lt: before } } })
    },
    async prune(appId, jobName, keep) {
      const orderBy = { createdAt: 'desc' } as const
      const where = { appId, jobName, finishedAt: { not: null } }
      const old = await prisma.cronRun.findMany({ where, orderBy, skip: keep, select: { id: true } })
      if (old.length > 0) await prisma.cronRun.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } })
    },
  }
}

const lines = z.array(z.string())

/** Both in one transaction: a due time without its run would be one that nobody starts. */
async function decide(
  prisma: PrismaClient,
  { jobId, was, dueAt, outcome }: Parameters<CronStore['decide']>[0],
): Promise<CronRun | null> {
  const state: CronRunState = outcome === 'missed' ? 'missed' : 'waiting'
  const row = await prisma.$transaction(async (transaction) => {
    const [job] = await transaction.cronJob.updateManyAndReturn({
      where: { id: jobId, lastDueAt: was },
      data: { lastDueAt: dueAt },
    })
    if (job === undefined || outcome === 'set back') return null
    const finishedAt = isCronRunOver(state) ? new Date() : null
    return transaction.cronRun.create({ data: { ...runOf(toJob(job)), dueAt, state, finishedAt } })
  })
  return row === null ? null : toRun(row)
}

function runOf({ appId, name: jobName, schedule, command, overlap, timeoutMs }: CronJob) {
  return { appId, jobName, schedule, command, overlap, timeoutMs }
}

function toJob({ source, overlap, ...row }: Prisma.CronJobGetPayload<object>): CronJob {
  return { ...row, source: source as CronJob['source'], overlap: overlap as CronOverlap }
}

function toRun({ state, overlap, error, lastLines, ...row }: Prisma.CronRunGetPayload<object>): CronRun {
  return {
    ...row,
    state: state as CronRunState,
    overlap: overlap as CronOverlap,
    error: readError(error),
    lastLines: lines.parse(lastLines),
  }
}
