import type { ApiToken, Member, Person, Role, SshKey, TokenScope } from '@berth/domain'
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

/** Null: it is an app's. */
export function toKey(row: Prisma.SshKeyGetPayload<object>): SshKey | null {
  const { userId: personId, appId: _app, mayPush: _push, ...key } = row
  return personId === null ? null : { ...key, personId }
}

/** Without the hash: nobody outside the store needs it. */
export function toToken(row: Prisma.ApiTokenGetPayload<object>): ApiToken {
  const { userId: personId, hash: _, scope, ...token } = row
  return { ...token, personId, scope: scope as TokenScope }
}
