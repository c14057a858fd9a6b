import type { Person } from '@berth/domain'
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
