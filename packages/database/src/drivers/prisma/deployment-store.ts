import { randomUUID } from 'node:crypto'
import type { DeploymentStore } from '@berth/deploy'
import {
  type Deployment,
  type DeploymentCause,
  type DeploymentState,
  deploymentStates,
  statesBefore,
} from '@berth/domain'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { readError, writeError } from './json-columns.ts'
import { changed, found, twiceIfLost } from './outcomes.ts'

export function deploymentStore(prisma: PrismaClient): DeploymentStore {
  const isNow = async (id: string, state: DeploymentState) =>
    (await prisma.deployment.count({ where: { id, state } })) > 0
  const become = (id: string, state: DeploymentState, data: object) =>
    changed(
      () =>
        prisma.deployment.updateMany({
          where: { id, state: { in: statesBefore(deploymentStates, state) } },
          data: { ...data, state },
        }),
      () => isNow(id, state),
    )
  return {
    async get(id) {
      const row = isRecordId(id) ? await prisma.deployment.findUnique({ where: { id } }) : null
      return toDeployment(found(row, 'deployment'))
    },
    async create(appId, releaseId, asked) {
      const id = randomUUID()
      const create = { id, appId, releaseId, ...asked }
      return toDeployment(
        await twiceIfLost(() => prisma.deployment.upsert({ where: { id }, create, update: { id } })),
      )
    },
    become: (id, state) => become(id, state, state === 'starting' ? { startedAt: new Date() } : {}),
    becomeLive: (id, options) =>
      changed(
        async () => ({ count: await takeOver(prisma, id, options?.afterwards ?? false) }),
        () => isNow(id, 'live'),
      ),
    async settle(id) {
      const where = { id, state: { in: ['live', 'superseded'] satisfies DeploymentState[] }, settledAt: null }
      await twiceIfLost(() => prisma.deployment.updateMany({ where, data: { settledAt: new Date() } }))
    },
    end: (id, state, error) => become(id, state, { error: writeError(error), finishedAt: new Date() }),
    async live(appId) {
      if (!isRecordId(appId)) return null
      const row = await prisma.deployment.findFirst({ where: { appId, state: 'live' } })
      return row === null ? null : toDeployment(row)
    },
    async unfinished() {
      const begun = { state: { in: ['queued', 'starting', 'healthy'] satisfies DeploymentState[] } }
      const unsettled = {
        state: { in: ['live', 'superseded'] satisfies DeploymentState[] },
        settledAt: null,
      }
      const where = { OR: [begun, unsettled] }
      return (await prisma.deployment.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toDeployment)
    },
    async list(appId, limit) {
      if (!isRecordId(appId)) return []
      const where = { appId }
      const rows = await prisma.deployment.findMany({ where, orderBy: { createdAt: 'desc' }, take: limit })
      return rows.map(toDeployment)
    },
  }
}

/** The number of deployments that became live: 1 or 0. The app's row is locked, so that never two are live. */
function takeOver(prisma: PrismaClient, id: string, afterwards: boolean): Promise<number> {
  return prisma.$transaction(async (transaction) => {
    const [row] = await transaction.$queryRaw<{ appId: string }[]>`
      SELECT "App".id AS "appId" FROM "App" JOIN "Deployment" ON "Deployment"."appId" = "App".id
      WHERE "Deployment".id = ${id}::uuid FOR NO KEY UPDATE OF "App"`
    if (row === undefined) return 0
    const { appId } = row
    const now = new Date()
    const { count } = await transaction.deployment.updateMany({
      where: { id, state: { in: statesBefore(deploymentStates, 'live') } },
      data: { state: 'live', finishedAt: now, settledAt: afterwards ? null : now },
    })
    if (count === 0) return 0
    const before = await transaction.deployment.updateMany({
      where: { appId, id: { not: id }, state: { in: statesBefore(deploymentStates, 'superseded') } },
      data: { state: 'superseded' },
    })
    if (before.count === 0) await transaction.deployment.update({ where: { id }, data: { isFirst: true } })
    return count
  })
}

type Row = Omit<Deployment, 'state' | 'cause' | 'error'> & { state: string; cause: string; error: unknown }

function toDeployment(row: Row): Deployment {
  const { state, cause, error } = row
  return {
    ...row,
    state: state as DeploymentState,
    cause: cause as DeploymentCause,
    error: readError(error),
  }
}
