import { deployError, patiently, type Subject } from '@berth/deploy'
import type { App, Deployment, Formation } from '@berth/domain'
import { portOf } from '@berth/release'
import type { Parts } from '../parts.ts'

/** What a deployment is to bring about. @throws IMAGE.NOT_FOUND, DEPLOY.CANCELLED where the app is gone */
export async function loadSubject(
  { stores, engine }: Pick<Parts, 'stores' | 'engine'>,
  deployment: Deployment,
): Promise<{ app: App; subject: Subject; formation: Formation }> {
  const [app, release, formation] = await Promise.all([
    patiently(() => stores.apps.get(deployment.appId)),
    patiently(() => stores.releases.get(deployment.releaseId)),
    patiently(() => stores.apps.formation(deployment.appId)),
  ])
  if (app === null) throw deployError['DEPLOY.CANCELLED']()
  const [image, hasShell, revision] = await Promise.all([
    engine.images.get(release.imageDigest),
    engine.images.hasProgram(release.imageDigest, 'sh'),
    release.revisionId === null ? null : patiently(() => stores.revisions.get(release.revisionId ?? '')),
  ])
  const subject = {
    release,
    deploymentId: deployment.id,
    commit: revision?.commit ?? null,
    image,
    hasShell,
    port: portOf(image.config),
  }
  return { app, subject, formation }
}
