import { deployError, patiently, type Subject } from '@berth/deploy'
import type { App, Deployment, Formation, Release } from '@berth/domain'
import { portOf } from '@berth/release'
import type { Parts } from '../parts.ts'

/**
 * What a deployment is to bring about. Of an app that is stopped nothing runs, unless the deployment brings a new image.
 * @throws IMAGE.NOT_FOUND, DEPLOY.CANCELLED where the app is gone
 */
export async function loadSubject(
  { stores, engine, secretFiles }: Pick<Parts, 'stores' | 'engine' | 'secretFiles'>,
  deployment: Deployment,
  release: Release,
): Promise<{ app: App; subject: Subject; formation: Formation }> {
  const { revisionId } = release
  const [app, formation, image, hasShell, revision, files] = await Promise.all([
    patiently(() => stores.apps.get(deployment.appId)),
    patiently(() => stores.apps.formation(deployment.appId)),
    engine.images.get(release.imageDigest),
    engine.images.hasProgram(release.imageDigest, 'sh'),
    revisionId === null ? null : patiently(() => stores.revisions.get(revisionId)),
    secretFiles.provide(release),
  ])
  if (app === null) throw deployError['DEPLOY.CANCELLED']()
  const subject = {
    release,
    deploymentId: deployment.id,
    commit: revision?.commit ?? null,
    image,
    hasShell,
    port: portOf(image.config),
    secretFiles: files,
  }
  const isStopped = app.stoppedAt !== null && (deployment.cause !== 'build' || deployment.state === 'live')
  return { app, subject, formation: isStopped ? nothingOf(release) : formation }
}

function nothingOf({ processes }: Release): Formation {
  return Object.fromEntries(processes.map(({ type }) => [type, 0]))
}
