import type { App } from '@berth/domain'
import type { AttemptState } from './attempt.ts'
import type { ApiContext } from './context.ts'
import { readAttempts, toDeploymentViews } from './read-app.ts'
import type { DeploymentView } from './views.ts'

export const historyStates = ['under-way', 'live', 'superseded', 'failed', 'cancelled'] as const
export type HistoryState = (typeof historyStates)[number]

export type HistoryQuery = { limit: number; state: HistoryState | null; text: string }

export type History = {
  /** Newest first. */
  deployments: DeploymentView[]
  /** There are more like these than were asked for. */
  hasOlder: boolean
  /** The app has more deployments than are searched: something older may be like these too. */
  isCutOff: boolean
}

/** So far back is searched. */
export const searchedAttempts = 2_000

type Reader = Pick<ApiContext, 'stores' | 'live' | 'settings'>

/** What was deployed to an app, or tried. Every word of `text` is looked for in all that is shown of one. */
export async function readHistory(ctx: Reader, app: App, query: HistoryQuery): Promise<History> {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean)
  const isFiltered = query.state !== null || words.length > 0
  const wanted = isFiltered ? searchedAttempts : query.limit
  const attempts = await readAttempts(ctx, app.id, wanted + 1)
  const states = query.state === null ? null : statesOf(query.state)
  const ofState = attempts.slice(0, wanted).filter(({ state }) => states?.includes(state) ?? true)
  // Without words nothing needs to be read of those that are not shown.
  const read = await toDeploymentViews(ctx, words.length > 0 ? ofState : ofState.slice(0, query.limit))
  const found = words.length > 0 ? read.filter((view) => holdsAll(view, words)) : read
  const count = words.length > 0 ? found.length : ofState.length
  const isCutOff = attempts.length > wanted
  return {
    deployments: found.slice(0, query.limit),
    hasOlder: count > query.limit || (!isFiltered && isCutOff),
    isCutOff: isFiltered && isCutOff,
  }
}

function statesOf(state: HistoryState): readonly AttemptState[] {
  return state === 'under-way' ? ['queued', 'building', 'starting', 'healthy'] : [state]
}

function holdsAll(view: DeploymentView, words: readonly string[]): boolean {
  const { commit, version, reason, by, error, id } = view
  const said = [
    version === null ? null : `v${version}`,
    ...[id, reason, by, error?.message],
    ...(commit ? [commit.commit, commit.message, commit.author, commit.branch] : []),
  ]
  const text = said
    .filter((part) => part != null)
    .join('\n')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}
