import type { HistoryState } from '@berth/api'

/** What is looked for in the history, as it stands in the address. */
export const usualHistory = { q: '', state: '', show: '30' }
export type HistoryWords = typeof usualHistory

export const historyStates: readonly { value: HistoryState; words: string }[] = [
  { value: 'under-way', words: 'Under way' },
  { value: 'live', words: 'Live' },
  { value: 'failed', words: 'Failed' },
  { value: 'cancelled', words: 'Cancelled' },
  { value: 'superseded', words: 'Superseded' },
]

/** So many more at a time. */
export const pageSize = 30
const most = 1_000

/** The question to the API; whatever else stands in the address, several of a name among it, is the usual. */
export function historyQuery({ q, state, show }: { [Name in keyof HistoryWords]?: unknown }) {
  const limit = Number(show)
  return {
    text: typeof q === 'string' ? q.slice(0, 200) : '',
    state: historyStates.find(({ value }) => value === state)?.value ?? null,
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, most) : pageSize,
  }
}
