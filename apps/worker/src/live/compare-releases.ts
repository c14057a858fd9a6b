import { type App, isBerthError, type Release } from '@berth/domain'
import {
  type CommitsBetween,
  type FilesBetween,
  liveError,
  mostCommits,
  mostFiles,
  type ReleaseComparison,
} from '@berth/observe'
import type { Parts } from '../parts.ts'

/** Two images of many files take seconds to compare; nobody waits for longer. */
const withinMs = 60_000

/** What lies between two releases: commits, and files of their images. @throws LIVE.NOT_FOUND */
export async function compareReleases(
  parts: Parts,
  { appId, from, to }: { appId: string; from: number; to: number },
  signal: AbortSignal,
): Promise<ReleaseComparison> {
  const { stores } = parts
  const [app, before, after] = await Promise.all([
    stores.apps.get(appId),
    stores.releases.byVersion(appId, from),
    stores.releases.byVersion(appId, to),
  ])
  if (app === null || before === null || after === null)
    throw liveError['LIVE.NOT_FOUND']({ what: 'such release' })
  const [commits, files] = await Promise.all([
    commitsOf(parts, app, before, after),
    filesOf(parts, before, after, AbortSignal.any([signal, AbortSignal.timeout(withinMs)])),
  ])
  return { commits, files }
}

async function commitsOf(
  { stores, commitsBetween }: Parts,
  app: App,
  before: Release,
  after: Release,
): Promise<CommitsBetween | null> {
  if (before.revisionId === null || after.revisionId === null) return null
  const [one, other] = await Promise.all([
    stores.revisions.get(before.revisionId),
    stores.revisions.get(after.revisionId),
  ])
  if (one.commit === other.commit) return { added: [], removed: [] }
  const [added, removed] = await Promise.all([
    commitsBetween(app, { from: one.commit, to: other.commit, most: mostCommits }),
    commitsBetween(app, { from: other.commit, to: one.commit, most: mostCommits }),
  ])
  return added && removed && { added, removed }
}

async function filesOf(
  { engine }: Parts,
  before: Release,
  after: Release,
  signal: AbortSignal,
): Promise<FilesBetween | null> {
  try {
    const { files, totals } = await engine.images.diff(before.imageDigest, after.imageDigest, {
      mostFiles,
      signal,
    })
    return { changes: files.map(({ change, path }) => ({ change, path })), totals }
  } catch (error) {
    if (isBerthError(error, 'IMAGE.NOT_FOUND')) return null
    throw error
  }
}
