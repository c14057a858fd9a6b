import { patiently } from '@berth/deploy'
import type { Deployment, ErrorRecord, Release } from '@berth/domain'
import type { Parts } from '../parts.ts'
import type { StageRecord } from '../stages/settle-stage.ts'

type Telling = Pick<Parts, 'stores' | 'notify' | 'report'>

/** A stage has failed, and nobody may be looking. Who cancelled one knows it. Never throws. */
export async function tellOfFailure(parts: Telling, stage: StageRecord, error: ErrorRecord): Promise<void> {
  await unlessItFails(parts, async () => {
    const record = stage.kind === 'build' ? stage.build : stage.deployment
    const app = await patiently(() => parts.stores.apps.get(record.appId))
    if (app === null) return
    if (stage.kind === 'build') {
      const { id, revisionId } = stage.build
      const revision = revisionId === null ? null : await parts.stores.revisions.get(revisionId)
      return parts.notify({ kind: 'build-failed', app, buildId: id, commit: revision?.commit ?? null, error })
    }
    const { version } = await patiently(() => parts.stores.releases.get(stage.deployment.releaseId))
    parts.notify({ kind: 'deployment-failed', app, deploymentId: record.id, version, error })
  })
}

export async function tellOfSuccess(
  parts: Telling,
  { deployment, release }: { deployment: Deployment; release: Pick<Release, 'version'> },
): Promise<void> {
  const durationMs = Date.now() - deployment.createdAt.getTime()
  await unlessItFails(parts, async () => {
    const app = await patiently(() => parts.stores.apps.get(deployment.appId))
    if (app === null) return
    const { version } = release
    parts.notify({ kind: 'deployment-succeeded', app, deploymentId: deployment.id, version, durationMs })
  })
}

async function unlessItFails({ report }: Telling, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => report('telling of a stage', error))
}
