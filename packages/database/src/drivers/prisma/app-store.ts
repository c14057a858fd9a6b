import { type App, parseAppName } from '@berth/domain'
import type { AppStore } from '@berth/release'
import { databaseError } from '../../errors.ts'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { readFormation } from './json-columns.ts'
import { isUniqueViolation, twiceIfLost } from './outcomes.ts'

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
    async remove(id) {
      await twiceIfLost(() => prisma.app.deleteMany({ where: { id } }))
    },
  }
}

type Row = Omit<App, 'name'> & { name: string }

function toApp(row: Row): App
function toApp(row: Row | null): App | null
function toApp(row: Row | null): App | null {
  if (row === null) return null
  const { id, name, teamId, deployBranch, dockerfilePath, createdAt } = row
  return { id, name: parseAppName(name), teamId, deployBranch, dockerfilePath, createdAt }
}
