import type { Role } from '@berth/domain'

/** What each role may, as packages/people (may.ts) has it. The widest first. */
export const roleWords: Record<Role, { a: string; may: string }> = {
  owner: {
    a: 'an owner',
    may: 'Everything an admin may, and the team itself: its name, what it asks of members, other owners, giving apps to another team.',
  },
  admin: {
    a: 'an admin',
    may: 'Everything a developer may, and members, invitations, notifications, registries, the team’s activity, renaming and removing apps.',
  },
  developer: {
    a: 'a developer',
    may: 'Deploys, scales, configures and rolls back apps; reads secret values; opens consoles.',
  },
  viewer: {
    a: 'a viewer',
    may: 'Looks at apps, logs and metrics, and fetches their code. Changes nothing and sees no secret value.',
  },
}

export const roleOptions = (roles: readonly Role[]) =>
  roles.map((value) => ({ value, words: sayRole(value), hint: roleWords[value].may }))

/** `Owner` */
export function sayRole(role: Role): string {
  return `${role[0]?.toUpperCase()}${role.slice(1)}`
}
