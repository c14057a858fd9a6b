import type { Role } from '@berth/domain'

/**
 * May somebody with this role make a member of `from` one of `to`? Null: no member. Owners may everything; admins whatever
 * has nothing to do with owners, or one of them could make themselves one.
 */
export function mayGive(giver: Role, { from, to }: { from: Role | null; to: Role | null }): boolean {
  if (giver === 'owner') return true
  return giver === 'admin' && from !== 'owner' && to !== 'owner'
}
