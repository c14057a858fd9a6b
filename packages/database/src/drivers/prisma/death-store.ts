import { type Death, type DeathStore, isDeathId, mostDeaths } from '@berth/observe'
import { z } from 'zod'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { isUniqueViolation } from './outcomes.ts'

export function deathStore(prisma: PrismaClient): DeathStore {
  return {
    async add(death) {
      try {
        await prisma.death.create({ data: { ...death, lastLines: [...death.lastLines] } })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        return
      }
      const { appId } = death
      const order = { orderBy: { endedAt: 'desc' }, skip: mostDeaths, select: { id: true } } as const
      const old = await prisma.death.findMany({ where: { appId }, ...order })
      if (old.length > 0) await prisma.death.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } })
    },
    async list(appId, limit) {
      if (!isRecordId(appId)) return []
      const rows = await prisma.death.findMany({
        where: { appId },
        orderBy: { endedAt: 'desc' },
        take: limit,
      })
      return rows.map(toDeath)
    },
    async find(appId, id) {
      if (!isRecordId(appId) || !isDeathId(id)) return null
      // An app has few: what an id begins with is no question that the index answers.
      const ids = await prisma.death.findMany({ where: { appId }, select: { id: true } })
      const [only, ...more] = ids.filter((row) => row.id.startsWith(id))
      if (only === undefined || more.length > 0) return null
      const row = await prisma.death.findUnique({ where: { id: only.id } })
      return row && toDeath(row)
    },
  }
}

type Row = Omit<Death, 'peakMemoryBytes' | 'memoryLimitBytes' | 'lastLines'> & {
  peakMemoryBytes: bigint | null
  memoryLimitBytes: bigint | null
  lastLines: unknown
}

function toDeath({ peakMemoryBytes, memoryLimitBytes, lastLines, ...row }: Row): Death {
  return {
    ...row,
    peakMemoryBytes: peakMemoryBytes === null ? null : Number(peakMemoryBytes),
    memoryLimitBytes: memoryLimitBytes === null ? null : Number(memoryLimitBytes),
    lastLines: z.array(z.string()).parse(lastLines),
  }
}
