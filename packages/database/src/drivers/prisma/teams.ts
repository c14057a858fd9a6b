import type { Member, Person, Role, TeamDemands } from '@berth/domain'
import type { Factors, PeopleStore, Standing } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { twiceIfLost } from './outcomes.ts'
import { toMember } from './people-rows.ts'

const shown = { id: true, name: true } as const
const demanded = { requireSecondFactor: true, requiredProviderId: true } as const
const factored = {
  twoFactorEnabled: true,
  passkeys: { select: { id: true }, take: 1 },
  accounts: { select: { providerId: true } },
} as const

export function teamMethods(prisma: PrismaClient) {
  return {
    teams: () => prisma.team.findMany({ orderBy: { createdAt: 'asc' }, select: shown }),
    async team(id) {
      return isRecordId(id) ? await prisma.team.findUnique({ where: { id }, select: shown }) : null
    },
    createTeam(name, ownerId) {
      const memberships = ownerId === undefined ? {} : { create: { userId: ownerId, role: 'owner' } }
      return prisma.team.create({ data: { name, memberships }, select: shown })
    },
    async renameTeam(id, name) {
      await twiceIfLost(() => prisma.team.updateMany({ where: { id }, data: { name } }))
    },
    async demands(id) {
      const row = isRecordId(id) ? await prisma.team.findUnique({ where: { id }, select: demanded }) : null
      return toDemands(row ?? { requireSecondFactor: false, requiredProviderId: null })
    },
    async setDemands(id, { secondFactor, providerId }) {
      const data = { requireSecondFactor: secondFactor, requiredProviderId: providerId }
      await twiceIfLost(() => prisma.team.updateMany({ where: { id }, data }))
    },
    async memberships(personId) {
      if (!isRecordId(personId)) return []
      const where = { userId: personId }
      return (await prisma.membership.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toMember)
    },
    standing: (personId) => standing(prisma, personId),
    async members(teamId) {
      if (!isRecordId(teamId)) return []
      const user = { select: { id: true, name: true, email: true, ...factored } }
      const rows = await prisma.membership.findMany({
        where: { teamId },
        orderBy: { createdAt: 'asc' },
        include: { user },
      })
      return rows.map((row) => ({
        ...toMember(row),
        person: personOf(row.user),
        since: row.createdAt,
        factors: toFactors(row.user),
      }))
    },
    async setMember(teamId, personId, role) {
      const key = { teamId, userId: personId }
      await prisma.membership.upsert({
        where: { teamId_userId: key },
        create: { ...key, role },
        update: { role },
      })
    },
    changeMember: (teamId, personId, role) => changeMember(prisma, { teamId, userId: personId }, role),
  } satisfies Partial<PeopleStore>
}

/** Where no team demands anything, which is how it is mostly, nothing is asked about the person. */
async function standing(prisma: PrismaClient, personId: string): Promise<Standing> {
  if (!isRecordId(personId)) return { memberships: [], factors: none }
  const rows = await prisma.membership.findMany({
    where: { userId: personId },
    orderBy: { createdAt: 'asc' },
    include: { team: { select: demanded } },
  })
  const memberships = rows.map((row) => ({ ...toMember(row), demands: toDemands(row.team) }))
  const isDemanded = memberships.some(({ demands }) => demands.secondFactor || demands.providerId !== null)
  if (!isDemanded) return { memberships, factors: none }
  const user = await prisma.user.findUnique({ where: { id: personId }, select: factored })
  return { memberships, factors: user === null ? none : toFactors(user) }
}

function personOf({ id, name, email }: Person): Person {
  return { id, name, email }
}

const none: Factors = { code: false, passkey: false, providerIds: [] }

function toDemands(row: { requireSecondFactor: boolean; requiredProviderId: string | null }): TeamDemands {
  return { secondFactor: row.requireSecondFactor, providerId: row.requiredProviderId }
}

function toFactors(user: {
  twoFactorEnabled: boolean
  passkeys: object[]
  accounts: { providerId: string }[]
}): Factors {
  const providerIds = user.accounts.map(({ providerId }) => providerId).filter((id) => id !== 'credential')
  return { code: user.twoFactorEnabled, passkey: user.passkeys.length > 0, providerIds }
}

/** Holds the team's row: of two owners who leave at the same time, the second finds itself the last. */
function changeMember(
  prisma: PrismaClient,
  key: { teamId: string; userId: string },
  role: Role | null,
): Promise<'changed' | 'no-member' | 'last-owner'> {
  const where = { teamId_userId: key }
  return prisma.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM "Team" WHERE "id" = ${key.teamId}::uuid FOR UPDATE`
    const member = await transaction.membership.findUnique({ where })
    if (member === null) return 'no-member'
    if (member.role === 'owner' && role !== 'owner' && (await owners(transaction, key.teamId)) < 2)
      return 'last-owner'
    if (role === null) await transaction.membership.delete({ where })
    else await transaction.membership.update({ where, data: { role } })
    return 'changed'
  })
}

function owners(transaction: Prisma.TransactionClient, teamId: string): Promise<number> {
  return transaction.membership.count({ where: { teamId, role: 'owner' satisfies Member['role'] } })
}
