import type { TeamDemands } from '@berth/domain'
import type { Actor, Barred, Scope } from './may.ts'
import type { Factors, TeamStore } from './teams/team-store.ts'

/** What was shown at the door: a session, begun in some way; an API token; an SSH key of the person. */
export type Shown = { session: { method: string | null } } | { token: Scope } | 'key'

/**
 * A person as `may` judges them, looked up anew for each request: a membership that was taken away, and a team's demand,
 * count from the next call on. A session must itself have met the demand; a token or a key was made by somebody who had
 * signed in, so for them it is enough that the person could.
 */
export async function actorOf(
  people: Pick<TeamStore, 'standing'>,
  personId: string,
  shown: Shown,
): Promise<Actor> {
  const { memberships, factors } = await people.standing(personId)
  return {
    personId,
    memberships: memberships.map(({ teamId, role, demands }) => {
      const barred = barredBy(demands, factors, shown)
      return barred === null ? { teamId, role } : { teamId, role, barred }
    }),
    scope: typeof shown === 'object' && 'token' in shown ? shown.token : null,
  }
}

/** What keeps a member out of a team with these demands; null: nothing. */
export function barredBy(
  { secondFactor, providerId }: TeamDemands,
  factors: Factors,
  shown: Shown,
): Barred | null {
  const method = typeof shown === 'object' && 'session' in shown ? shown.session.method : undefined
  if (providerId !== null) {
    const met = method === undefined ? factors.providerIds.includes(providerId) : method === providerId
    return met ? null : 'sign-on'
  }
  if (!secondFactor) return null
  if (method === undefined) return factors.code || factors.passkey ? null : 'second-factor'
  // A provider answers for its own factors; behind a password, a code was asked for where the person has one.
  const met = factors.code || method === 'passkey' || factors.providerIds.includes(method ?? '')
  return met ? null : 'second-factor'
}
