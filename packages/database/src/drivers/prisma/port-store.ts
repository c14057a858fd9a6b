import { type AppPort, parseProcessType } from '@berth/domain'
import { databaseError } from '../../errors.ts'
import type { PortStore } from '../../stores.ts'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { isUniqueViolation } from './outcomes.ts'

export function portStore(prisma: PrismaClient): PortStore {
  return {
    async list(appId) {
      if (!isRecordId(appId)) return []
      const rows = await prisma.appPort.findMany({ where: { appId }, orderBy: { port: 'asc' } })
      return rows.map(toPort)
    },
    async find(port) {
      const row = await prisma.appPort.findUnique({ where: { port } })
      return row && toPort(row)
    },
    async add(given) {
      try {
        return toPort(await prisma.appPort.create({ data: given }))
      } catch (error) {
        if (isUniqueViolation(error)) throw databaseError['PORT.TAKEN']({ port: given.port })
        throw error
      }
    },
    async remove(appId, port) {
      return (await prisma.appPort.deleteMany({ where: { appId, port } })).count > 0
    },
  }
}

function toPort(row: Omit<AppPort, 'processType'> & { processType: string }): AppPort {
  return { ...row, processType: parseProcessType(row.processType) }
}
