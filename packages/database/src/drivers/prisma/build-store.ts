import { randomUUID } from 'node:crypto'
import { type Build, type BuildState, buildStates, statesBefore } from '@berth/domain'
import type { BuildStore } from '@berth/release'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { readBuildSource, readError, writeError } from './json-columns.ts'
import { changed, found, twiceIfLost } from './outcomes.ts'

export function buildStore(prisma: PrismaClient): BuildStore {
  const become = (id: string, state: BuildState, data: object) =>
    changed(
      () =>
        prisma.build.updateMany({
          where: { id, state: { in: statesBefore(buildStates, state) } },
          data: { ...data, state },
        }),
      async () => (await prisma.build.count({ where: { id, state } })) > 0,
    )
  return {
    async get(id) {
      const row = isRecordId(id) ? await prisma.build.findUnique({ where: { id } }) : null
      return toBuild(found(row, 'build'))
    },
    async create(appId, revisionId, asked) {
      const id = randomUUID()
      const create = { id, appId, revisionId, ...asked }
      return toBuild(await twiceIfLost(() => prisma.build.upsert({ where: { id }, create, update: { id } })))
    },
    async setRevision(id, revisionId) {
      const where = { id, state: 'running' satisfies BuildState }
      const { count } = await twiceIfLost(() => prisma.build.updateMany({ where, data: { revisionId } }))
      return count > 0
    },
    start: (id) => become(id, 'running', { startedAt: new Date() }),
    succeed: (id, imageDigest, cache) =>
      become(id, 'succeeded', { imageDigest, ...cache, finishedAt: new Date() }),
    end: (id, state, error) => become(id, state, { error: writeError(error), finishedAt: new Date() }),
    async unfinished() {
      const where = { state: { in: ['queued', 'running'] satisfies BuildState[] } }
      return (await prisma.build.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toBuild)
    },
    async list(appId, limit) {
      if (!isRecordId(appId)) return []
      const where = { appId }
      return (await prisma.build.findMany({ where, orderBy: { createdAt: 'desc' }, take: limit })).map(
        toBuild,
      )
    },
  }
}

type Row = Omit<Build, 'state' | 'error' | 'source'> & { state: string; error: unknown; source: unknown }

function toBuild(row: Row): Build {
  const { state, error, source } = row
  return { ...row, state: state as BuildState, error: readError(error), source: readBuildSource(source) }
}
