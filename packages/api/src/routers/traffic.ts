import { isBerthError } from '@berth/domain'
import type { TrafficLines } from '@berth/observe'
import { may } from '@berth/people'
import { z } from 'zod'
import { actorOf, ownProcedure, router, teamInput, teamOf } from '../procedure.ts'

/** What came for each app of a list. Rates are per second, one value a step from `from` on; null: nothing is known of that time. */
export type TrafficView = {
  from: string
  stepMs: number
  apps: (Omit<TrafficLines['apps'][number], 'appId'> & { app: string })[]
}

/** So many apps have a line; nobody looks at more at a time. */
const mostApps = 1_000
const input = teamInput.extend({
  minutes: z.int().min(1).max(1_440).default(60),
  points: z.int().min(1).max(120).default(60),
})

export const trafficRouter = router({
  /** The apps of the team that is said, or of all one's teams, by name, over the last so many minutes. Null: the worker does not answer. @throws TEAM.NOT_FOUND, TEAM.NOT_SAID */
  list: ownProcedure.input(input).query(async ({ ctx, input }): Promise<TrafficView | null> => {
    const actor = await actorOf(ctx)
    const all = actor.memberships.map(({ teamId }) => teamId)
    const teamIds = input.team === undefined ? all : [(await teamOf(ctx, actor, input.team)).id]
    const apps = (await ctx.stores.apps.listForTeams(teamIds))
      .filter((app) => may(actor, 'app.view', app))
      .sort((one, other) => one.name.localeCompare(other.name))
      .slice(0, mostApps)
    const to = Date.now()
    const query = { from: to - input.minutes * 60_000, to, points: input.points }
    const lines = await unlessAway(ctx.live.traffic({ appIds: apps.map(({ id }) => id), ...query }))
    if (lines === null) return null
    const names = new Map(apps.map(({ id, name }) => [id, name]))
    return {
      from: new Date(lines.from).toISOString(),
      stepMs: lines.stepMs,
      apps: lines.apps.flatMap(({ appId, ...line }) => {
        const app = names.get(appId as (typeof apps)[number]['id'])
        return app === undefined ? [] : [{ app, ...line }]
      }),
    }
  }),
})

async function unlessAway<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked
  } catch (error) {
    if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return null
    throw error
  }
}
