import type { PeopleStore } from '@berth/people'
import type { Prisma, PrismaClient } from './client.ts'

type Purpose = Parameters<PeopleStore['takeLink']>[1]

/** A new link replaces the unused ones before it for the same purpose and person. */
export async function replaceLink(
  prisma: PrismaClient,
  { hash, purpose, personId, expiresAt }: Parameters<PeopleStore['addLink']>[0],
): Promise<void> {
  await prisma.$transaction([
    prisma.oneTimeLink.deleteMany({ where: { purpose, userId: personId, usedAt: null } }),
    prisma.oneTimeLink.create({ data: { hash, purpose, userId: personId, expiresAt } }),
  ])
}

/** One UPDATE: its row lock lets one caller win. */
export async function takeLink(
  prisma: PrismaClient | Prisma.TransactionClient,
  hash: string,
  purpose: Purpose,
): Promise<{ personId: string | null } | null> {
  const now = new Date()
  const [row] = await prisma.oneTimeLink.updateManyAndReturn({
    where: { hash, purpose, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { userId: true },
  })
  return row === undefined ? null : { personId: row.userId }
}

export async function linkState(prisma: PrismaClient, hash: string, purpose: Purpose) {
  const row = await prisma.oneTimeLink.findUnique({ where: { hash } })
  if (row === null || row.purpose !== purpose) return 'unknown'
  if (row.usedAt !== null) return 'used'
  return row.expiresAt <= new Date() ? 'expired' : 'valid'
}
