import { randomBytes } from 'node:crypto'
import { patiently } from '@berth/deploy'
import type { App, Build, Revision } from '@berth/domain'
import { type AppJson, firstFormation, makeRelease } from '@berth/release'
import type { Parts } from '../parts.ts'
import type { RevisionFiles } from './read-revision.ts'

type Built = { app: App; revision: Revision; build: Build; files: RevisionFiles }

/** Image + configuration + Procfile → release vN and its deployment, whose id it returns. */
export async function releaseBuild(
  { stores }: Parts,
  { app, revision, build, files }: Built,
): Promise<string> {
  const before = await patiently(() => stores.releases.latest(app.id))
  if (before === null) await formFirst({ stores }, app, files)
  const release = await patiently(() =>
    stores.releases.create(
      makeRelease({
        app,
        imageDigest: build.imageDigest ?? '',
        revisionId: revision.id,
        procfile: files.procfile,
        appJson: files.appJson,
        configuration: before?.configuration ?? firstConfiguration(files.appJson),
        limits: before?.limits ?? {},
        reason: `Deploy ${revision.commit.slice(0, 7)}`,
        createdById: revision.pushedById,
      }),
    ),
  )
  const deployment = await patiently(() => stores.deployments.create(app.id, release.id))
  return deployment.id
}

/** What somebody has set before the first push stays. */
async function formFirst({ stores }: Pick<Parts, 'stores'>, app: App, files: RevisionFiles): Promise<void> {
  const formation = await patiently(() => stores.apps.formation(app.id))
  const first = firstFormation(files.procfile.processes, files.appJson)
  await patiently(() => stores.apps.setFormation(app.id, { ...first, ...formation }))
}

/** app.json's `env`, applied once. A required variable without a value is left to whoever sets it. */
function firstConfiguration({ env }: AppJson): Record<string, string> {
  const variables = Object.entries(env).flatMap(([name, { value, generator }]) => {
    if (value !== null) return [[name, value] as const]
    return generator === 'secret' ? [[name, randomBytes(32).toString('hex')] as const] : []
  })
  return Object.fromEntries(variables)
}
