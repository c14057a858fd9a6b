import type { Invitation, Person, Role } from '@berth/domain'
import { type PeopleStore, peopleError } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { isUniqueViolation } from './outcomes.ts'
import { toPerson } from './people-rows.ts'

export function invitationMethods(prisma: PrismaClient) {
  return {
    async addInvitation({ hash, ...invitation }) {
      const { teamId, email } = invitation
      const [, row] = await prisma.$transaction([
        prisma.invitation.deleteMany({ where: { teamId, email, usedAt: null } }),
        prisma.invitation.create({ data: { ...invitation, hash } }),
      ])
      return toInvitation(row)
    },
    async invitations(teamId) {
      if (!isRecordId(teamId)) return []
      const where = { teamId, usedAt: null, expiresAt: { gt: new Date() } }
      return (await prisma.invitation.findMany({ where, orderBy: { createdAt: 'asc' } })).map(toInvitation)
    },
    async invitationByHash(hash) {
      const team = { select: { id: true, name: true } }
      const row = await prisma.invitation.findUnique({ where: { hash }, include: { team } })
      if (row === null) return null
      const state = row.usedAt !== null ? 'used' : row.expiresAt <= new Date() ? 'expired' : 'valid'
      return { invitation: toInvitation(row), team: row.team, state }
    },
    async revokeInvitation(teamId, id) {
      if (!isRecordId(id)) return false
      return (await prisma.invitation.deleteMany({ where: { id, teamId, usedAt: null } })).count > 0
    },
    acceptInvitation: (hash, who) => acceptInvitation(prisma, hash, who),
  } satisfies Partial<PeopleStore>
}

type Accepting = Parameters<PeopleStore['acceptInvitation']>[1]

async function acceptInvitation(prisma: PrismaClient, hash: string, who: Accepting): Promise<Person | null> {
  try {
    return await prisma.$transaction((transaction) => accept(transaction, hash, who))
  } catch (error) {
    if (isUniqueViolation(error)) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email: 'this address' })
    throw error
  }
}

async function accept(
  transaction: Prisma.TransactionClient,
  hash: string,
  who: Accepting,
): Promise<Person | null> {
  const now = new Date()
  // One UPDATE: its row lock lets one of several win.
  const [invitation] = await transaction.invitation.updateManyAndReturn({
    where: { hash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  })
  if (invitation === undefined) return null
  const { teamId, email, role, mailed } = invitation
  const user =
    'personId' in who
      ? await transaction.user.findUniqueOrThrow({ where: { id: who.personId } })
      : await transaction.user.create({ data: { name: who.name, email, emailVerified: mailed } })
  if (!('personId' in who) && who.passwordHash !== null) {
    await transaction.account.create({
      data: { userId: user.id, accountId: user.id, providerId: 'credential', password: who.passwordHash },
    })
  }
  await transaction.membership.createMany({
    data: [{ teamId, userId: user.id, role }],
    skipDuplicates: true,
  })
  return toPerson(user)
}

function toInvitation(row: Prisma.InvitationGetPayload<object>): Invitation {
  const { id, teamId, email, mailed, invitedById, createdAt, expiresAt } = row
  return { id, teamId, email, role: row.role as Role, mailed, invitedById, createdAt, expiresAt }
}
