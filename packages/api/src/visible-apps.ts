import type { App, Person } from '@berth/domain'
import { type Actor, may } from '@berth/people'
import type { ApiContext } from './context.ts'
import { actorOf } from './procedure.ts'

/** The apps that whoever asks may see, by name: of all their teams, or fewer where a token stands for them. */
export async function visibleApps(
  ctx: Pick<ApiContext, 'stores' | 'token' | 'session'> & { person: Person },
): Promise<{ apps: App[]; actor: Actor }> {
  const actor = await actorOf(ctx)
  const apps = await ctx.stores.apps.listForTeams(actor.memberships.map(({ teamId }) => teamId))
  const seen = apps.filter((app) => may(actor, 'app.view', app))
  return { actor, apps: seen.sort((one, other) => one.name.localeCompare(other.name)) }
}
