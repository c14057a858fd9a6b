import type { Person, Role, Team } from '@berth/domain'
import { type NewPerson, peopleError } from '@berth/people'
import type { Prisma, PrismaClient } from './client.ts'
import { takeLink } from './links.ts'
import { isUniqueViolation } from './outcomes.ts'
import { toPerson } from './people-rows.ts'

/**
 * Accounts, written as better-auth reads them: a user, and for the password an account of provider `credential` whose
 * accountId is the user's id (better-auth 1.7, sign-up-email).
 */
export function createPerson(prisma: PrismaClient, account: NewPerson): Promise<Person> {
  return namingTakenEmail(account, () =>
    prisma.$transaction((transaction) => writePerson(transaction, account)),
  )
}

/** Arbitrary; held until the end of the transaction, so that two claims cannot both find no owner. */
const ownerLock = 0x6f776e65

export function claimOwner(
  prisma: PrismaClient,
  linkHash: string,
  account: NewPerson,
): Promise<Person | null> {
  return namingTakenEmail(account, () =>
    prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${ownerLock})`
      const owner = await transaction.membership.findFirst({ where: { role: 'owner' } })
      if (owner !== null || (await takeLink(transaction, linkHash, 'owner')) === null) return null
      return await writePerson(transaction, account)
    }),
  )
}

/** Holds the rows of the teams that they own, in order: of two last owners who go at the same time, one stays. */
export function removePerson(prisma: PrismaClient, id: string): Promise<Team[]> {
  return prisma.$transaction(async (transaction) => {
    const owned = { role: 'owner' satisfies Role, userId: id }
    const teams = await transaction.team.findMany({
      where: { memberships: { some: owned } },
      orderBy: { id: 'asc' },
      select: { id: true, name: true },
    })
    for (const team of teams)
      await transaction.$queryRaw`SELECT 1 FROM "Team" WHERE "id" = ${team.id}::uuid FOR UPDATE`
    const isLast = async ({ id: teamId }: Team) =>
      (await transaction.membership.count({ where: { teamId, role: owned.role, userId: { not: id } } })) === 0
    const last: Team[] = []
    for (const team of teams) if (await isLast(team)) last.push(team)
    if (last.length > 0) return last
    await transaction.verification.deleteMany({ where: { value: id } })
    await transaction.user.deleteMany({ where: { id } })
    return []
  })
}

async function writePerson(
  transaction: Prisma.TransactionClient,
  { name, email, emailVerified = false, passwordHash, team, role }: NewPerson,
): Promise<Person> {
  const user = await transaction.user.create({ data: { name, email: email.toLowerCase(), emailVerified } })
  if (passwordHash !== null) {
    await transaction.account.create({
      data: { userId: user.id, accountId: user.id, providerId: 'credential', password: passwordHash },
    })
  }
  const teamId = 'id' in team ? team.id : (await transaction.team.create({ data: team })).id
  await transaction.membership.create({ data: { teamId, userId: user.id, role } })
  return toPerson(user)
}

async function namingTakenEmail<Result>({ email }: NewPerson, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (isUniqueViolation(error)) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email })
    throw error
  }
}
