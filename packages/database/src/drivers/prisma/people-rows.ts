import type { ApiToken, Member, Person, Role, SshKey } from '@berth/domain'
import type { Prisma } from './client.ts'

type UserRow = Prisma.UserGetPayload<object>

export function toPerson(row: UserRow): Person
export function toPerson(row: UserRow | null): Person | null
export function toPerson(row: UserRow | null): Person | null {
  return row === null ? null : { id: row.id, name: row.name, email: row.email }
}

export function toMember(row: Prisma.MembershipGetPayload<object>): Member {
  return { teamId: row.teamId, personId: row.userId, role: row.role as Role }
}

export function toKey({ userId, ...row }: Prisma.SshKeyGetPayload<object>): SshKey {
  return { ...row, personId: userId }
}

/** Without the hash: nobody outside the store needs it. */
export function toToken(row: Prisma.ApiTokenGetPayload<object>): ApiToken {
  const { id, userId, name, prefix, createdAt, lastUsedAt, expiresAt } = row
  return { id, personId: userId, name, prefix, createdAt, lastUsedAt, expiresAt }
}
