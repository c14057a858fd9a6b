import { renderExposition } from '@berth/observe'
import { may } from '@berth/people'
import type { ApiContext } from './context.ts'
import { apiError } from './errors.ts'
import { visibleApps } from './visible-apps.ts'

/**
 * What Prometheus is told, as text: of the apps that whoever asks may see, and of the machine where they may see that.
 * @throws API.SIGNED_OUT, LIVE.UNAVAILABLE
 */
export async function readExposition(ctx: ApiContext): Promise<string> {
  const { person, stores, live } = ctx
  if (person === null) throw apiError['API.SIGNED_OUT']()
  const { apps, actor } = await visibleApps({ ...ctx, person })
  const teams = new Map<string, string>()
  for (const teamId of new Set(apps.map((app) => app.teamId)))
    teams.set(teamId, (await stores.people.team(teamId))?.name ?? teamId)
  const named = apps.map(
    ({ id, name, teamId }) => [id, { app: name, team: teams.get(teamId) ?? teamId }] as const,
  )
  const machine = actor.memberships.some(({ teamId }) => may(actor, 'machine.view', { teamId }))
  return renderExposition(await live.snapshot(), { apps: new Map(named), machine })
}
