import type { Changes, RecordChange } from '@berth/observe'
import { type Actor, may } from '@berth/people'
import { actorOf, ownStream, router } from '../procedure.ts'

/** Names of apps and ids of teams whose records changed; `everything`: read anew whatever is shown. */
export type ChangesView = { apps: string[]; teams: string[] } | 'everything'

export const changesRouter = router({
  /** Of whatever the asker may see, for as long as they may. Begins with `everything`. */
  watch: ownStream.subscription(async function* ({ ctx }): AsyncGenerator<ChangesView> {
    const { signal = new AbortController().signal } = ctx
    for await (const changes of ctx.changes.watch(signal)) {
      const view = changes === 'everything' ? changes : seenBy(await actorOf(ctx), changes)
      if (view === 'everything' || view.teams.length > 0) yield view
    }
  }),
})

/** A change of an app is one of its team as well. */
function seenBy(actor: Actor, changes: Exclude<Changes, 'everything'>): ChangesView {
  const seen = changes.filter((change) => isSeen(actor, change))
  return {
    apps: [...new Set(seen.flatMap(({ app }) => app?.name ?? []))],
    teams: [...new Set(seen.map(({ teamId }) => teamId))],
  }
}

function isSeen(actor: Actor, { teamId, app }: RecordChange): boolean {
  return app === null ? may(actor, 'team.view', { teamId }) : may(actor, 'app.view', { teamId, id: app.id })
}
