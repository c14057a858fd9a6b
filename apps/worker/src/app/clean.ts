import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { label } from '@berth/deploy'
import { isBerthError, places } from '@berth/domain'
import type { Metrics } from '../metrics/open-metrics.ts'
import { ownNames } from '../own-names.ts'
import type { Parts } from '../parts.ts'
import type { RunningStages } from '../stages/running-stages.ts'

/** An app's images that are kept, to go back to: those of its newest releases, of which many may have the same. */
const keptImages = 10
const recentReleases = 200
/** Younger images may belong to a build whose release is not recorded yet. */
const youngMs = 60 * 60_000
const keptLogMs = 7 * 24 * 60 * 60_000
const keptStageLogMs = 90 * 24 * 60 * 60_000
const keptCronRunMs = 90 * 24 * 60 * 60_000
/** Of each notification target. */
const keptDeliveries = 300

/**
 * Gives back what nobody needs: images that are not among their app's ten newest, or that only teams have called by a
 * name that are no more; logs of containers and stages that are long gone. Never an image that something runs, and nothing while a stage is under way.
 */
export async function clean(
  parts: Parts & { running: RunningStages; metrics: Pick<Metrics, 'prune'> },
): Promise<void> {
  if (parts.running.count() > 0) return
  const keep = await imagesToKeep(parts)
  await untagImages(parts, keep)
  const scopes = (await parts.stores.people.teams()).map(({ id }) => id)
  if (parts.running.count() === 0) await parts.engine.images.prune([...keep], { scopes })
  await removeLogs(parts)
  if (parts.running.count() === 0) await parts.clearFetched()
  await parts.logs.prune(keptStageLogMs)
  await parts.stores.notifications.prune(keptDeliveries)
  await parts.stores.cron.forget(new Date(Date.now() - keptCronRunMs))
  await parts.metrics.prune()
}

async function imagesToKeep({ stores, engine }: Parts): Promise<Set<string>> {
  const keep = new Set<string>()
  for (const app of await stores.apps.all()) {
    const releases = await stores.releases.list(app.id, recentReleases)
    const digests = [...new Set(releases.map(({ imageDigest }) => imageDigest))]
    for (const digest of digests.slice(0, keptImages)) keep.add(digest)
    const live = await stores.deployments.live(app.id)
    if (live) keep.add((await stores.releases.get(live.releaseId)).imageDigest)
  }
  for (const container of await engine.containers.list()) keep.add(container.image)
  for (const image of await engine.images.list()) {
    if (Date.now() - image.createdAt.getTime() < youngMs) keep.add(image.digest)
  }
  return keep
}

async function untagImages(
  { engine, running }: Parts & { running: RunningStages },
  keep: Set<string>,
): Promise<void> {
  for (const image of await engine.images.list()) {
    if (keep.has(image.digest)) continue
    for (const name of image.names.filter((found) => found.startsWith(ownNames))) {
      if (running.count() > 0) return
      await engine.images.remove(name).catch((error: unknown) => {
        if (!isBerthError(error, 'IMAGE.IN_USE', 'IMAGE.NOT_FOUND')) throw error
      })
    }
  }
}

/** Files of logs go and get other names while one looks. */
async function unlessGone<Found, Otherwise>(work: Promise<Found>, otherwise: Otherwise) {
  return work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return otherwise
  })
}

/** Logs outlive their containers by a week. */
async function removeLogs({ settings, engine }: Parts): Promise<void> {
  const root = places(settings).appLogs
  const present = new Set(
    (await engine.containers.list({})).filter((found) => found.labels[label.app]).map(({ id }) => id),
  )
  for (const app of await readdir(root)) {
    for (const name of await unlessGone(readdir(join(root, app)), [])) {
      if (present.has(name.split('.')[0] ?? '')) continue
      const path = join(root, app, name)
      const changed = await unlessGone(stat(path), null)
      if (changed !== null && Date.now() - changed.mtimeMs > keptLogMs) await rm(path, { force: true })
    }
  }
}
