import type { ReleaseView } from '@berth/api'

/** Which two releases are compared; `rollback`: what going from the one to the other would change. */
export type Chosen = { from: number; to: number; rollback: boolean; keep: boolean }

type Said = Partial<Record<'from' | 'to' | 'rollback' | 'keep', unknown>>

/**
 * What the address says; where it says nothing, what is live and the release before it. Null: there are no two.
 * Going back begins with what is live, whatever else is said.
 */
export function chosenReleases(said: Said, releases: readonly ReleaseView[]): Chosen | null {
  const versions = releases.map(({ version }) => version)
  const live = releases.find(({ isLive }) => isLive)?.version ?? versions[0]
  const before = versions.find((version) => live !== undefined && version < live)
  if (live === undefined || versions.length < 2) return null
  const rollback = said.rollback === '1'
  const from = (rollback ? null : versionIn(said.from)) ?? (rollback ? live : (before ?? live))
  const to = versionIn(said.to) ?? (rollback ? (before ?? live) : live)
  return { from, to, rollback, keep: rollback && said.keep === '1' }
}

function versionIn(word: unknown): number | null {
  return typeof word === 'string' && /^[1-9]\d{0,8}$/.test(word) ? Number(word) : null
}
