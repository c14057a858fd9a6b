import { type App, parseAppName } from '@berth/domain'
import type { AppStore } from '@berth/release'
import { databaseError } from '../../errors.ts'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { readFormation, readLimits } from './json-columns.ts'
import { changed, isUniqueViolation, twiceIfLost } from './outcomes.ts'

export function appStore(prisma: PrismaClient): AppStore {
  return {
    async get(id) {
      return isRecordId(id) ? toApp(await prisma.app.findUnique({ where: { id } })) : null
    },
    async byName(name) {
      return toApp(await prisma.app.findUnique({ where: { name } }))
    },
    async listForTeams(teamIds) {
      const where = { teamId: { in: teamIds.filter(isRecordId) } }
      return (await prisma.app.findMany({ where, orderBy: { name: 'asc' } })).map((row) => toApp(row))
    },
    async all() {
      return (await prisma.app.findMany({ orderBy: { name: 'asc' } })).map((row) => toApp(row))
    },
    async create({ name, teamId }) {
      try {
        return toApp(await prisma.app.create({ data: { name, teamId } }))
      } catch (error) {
        if (isUniqueViolation(error)) throw databaseError['APP.NAME_TAKEN']({ name })
        throw error
      }
    },
    async setDeployBranch(id, deployBranch) {
      await twiceIfLost(() => prisma.app.updateMany({ where: { id }, data: { deployBranch } }))
    },
    async formation(id) {
      return readFormation(await prisma.process.findMany({ where: { appId: id } }))
    },
    async setFormation(appId, formation) {
      const rows = Object.entries(formation).map(([type, quantity]) =>
        prisma.process.upsert({
          where: { appId_type: { appId, type } },
          create: { appId, type, quantity },
          update: { quantity },
        }),
      )
      await twiceIfLost(() => prisma.$transaction(rows))
    },
    async limits(id) {
      return readLimits(await prisma.process.findMany({ where: { appId: id } }))
    },
    async setLimits(appId, type, limits) {
      const { memoryBytes, cpus } = limits ?? { memoryBytes: null, cpus: null }
      const data = { memoryBytes: memoryBytes === null ? null : BigInt(memoryBytes), cpus }
      const where = { appId_type: { appId, type } }
      await twiceIfLost(() =>
        prisma.process.upsert({ where, create: { appId, type, ...data }, update: data }),
      )
    },
    async setStopped(id, stopped) {
      const where = stopped ? { id, stoppedAt: null } : { id }
      const data = { stoppedAt: stopped ? new Date() : null }
      await twiceIfLost(() => prisma.app.updateMany({ where, data }))
    },
    async setLock(id, lock) {
      const { at: lockedAt, byId: lockedById, reason: lockReason } = lock ?? noLock
      const data = { lockedAt, lockedById, lockReason }
      const before = lock === null ? { not: null } : null
      return changed(
        () => prisma.app.updateMany({ where: { id, lockedAt: before }, data }),
        async () => (await prisma.app.count({ where: { id, lockedAt } })) > 0,
      )
    },
    async transfer(id, teamId) {
      await twiceIfLost(() => prisma.app.updateMany({ where: { id }, data: { teamId } }))
    },
    async rename(id, name) {
      try {
        await twiceIfLost(() => prisma.app.updateMany({ where: { id }, data: { name } }))
      } catch (error) {
        if (isUniqueViolation(error)) throw databaseError['APP.NAME_TAKEN']({ name })
        throw error
      }
    },
    async remove(id) {
      await twiceIfLost(() => prisma.app.deleteMany({ where: { id } }))
    },
  }
}

const noLock = { at: null, byId: null, reason: null }

type Row = Omit<App, 'name' | 'lock'> & {
  name: string
  lockedAt: Date | null
  lockedById: string | null
  lockReason: string | null
}

function toApp(row: Row): App
function toApp(row: Row | null): App | null
function toApp(row: Row | null): App | null {
  if (row === null) return null
  const { name, lockedAt, lockedById, lockReason, ...same } = row
  const { id, teamId, deployBranch, dockerfilePath, createdAt, stoppedAt } = same
  const lock = lockedAt && { at: lockedAt, byId: lockedById, reason: lockReason }
  return { id, name: parseAppName(name), teamId, deployBranch, dockerfilePath, createdAt, stoppedAt, lock }
}
