import { randomBytes } from 'node:crypto'
import { patiently } from '@berth/deploy'
import { type App, type Build, type Revision, saySource } from '@berth/domain'
import { fillConfiguration, firstFormation, makeRelease } from '@berth/release'
import type { Parts } from '../parts.ts'
import type { RevisionFiles } from './read-revision.ts'

type Built = { app: App; revision: Revision | null; build: Build; files: RevisionFiles }

/**
 * Image + configuration + Procfile → release vN and its deployment, whose id it returns. The configuration is what is
 * current when the release is made; app.json fills what is missing of it in an app that has no release yet.
 */
export async function releaseBuild({ stores }: Parts, built: Built): Promise<string> {
  const { app, revision, build, files } = built
  const before = await patiently(() => stores.releases.list(app.id, 1))
  if (before.length === 0) await formFirst({ stores }, app, files)
  const limits = await patiently(() => stores.apps.limits(app.id))
  const createdById = revision?.pushedById ?? build.createdById
  const release = await patiently(() =>
    stores.releases.next(app.id, ({ latest, current }) => {
      const isFirst = latest === null
      const now = isFirst ? fillConfiguration(current, files.appJson, newSecret) : current
      const release = makeRelease({
        app,
        imageDigest: build.imageDigest ?? '',
        revisionId: revision?.id ?? null,
        procfile: files.procfile,
        appJson: files.appJson,
        configuration: now,
        limits,
        reason: saySource(build.source) ?? `Deploy ${revision?.commit.slice(0, 7)}`,
        createdById,
      })
      return isFirst ? { release, configuration: { now, changedById: createdById } } : { release }
    }),
  )
  if (release === null) throw new Error('a build always makes a release')
  const deployment = await patiently(() => stores.deployments.create(app.id, release.id))
  return deployment.id
}

/** What somebody has set before the first push stays. */
async function formFirst({ stores }: Pick<Parts, 'stores'>, app: App, files: RevisionFiles): Promise<void> {
  const formation = await patiently(() => stores.apps.formation(app.id))
  const first = firstFormation(files.procfile.processes, files.appJson)
  await patiently(() => stores.apps.setFormation(app.id, { ...first, ...formation }))
}

function newSecret(): string {
  return randomBytes(32).toString('hex')
}
