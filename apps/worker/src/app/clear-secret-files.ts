import { label } from '@berth/deploy'
import { isBerthError } from '@berth/domain'
import type { Parts } from '../parts.ts'
import type { Keeper } from './keeper.ts'

/** The secret files of a release go with its last container, once nothing is about to make another. */
export async function clearSecretFiles(parts: Parts & { keeper: Keeper }): Promise<void> {
  const needed = new Set([...(await ofContainers(parts)), ...ofApps(parts), ...(await ofDeployments(parts))])
  await parts.secretFiles.keepOnly(({ appId, version }) => needed.has(`${appId} ${version}`))
}

async function ofContainers({ engine }: Parts): Promise<string[]> {
  const containers = await engine.containers.list()
  return containers.map(({ labels }) => `${labels[label.app]} ${labels[label.release]}`)
}

function ofApps({ keeper }: { keeper: Keeper }): string[] {
  return keeper.knownApps().flatMap((id) => {
    const release = keeper.keptApp(id)?.keeping?.undertaking.subject?.release
    return release ? [`${release.appId} ${release.version}`] : []
  })
}

async function ofDeployments({ stores }: Parts): Promise<string[]> {
  const unfinished = await stores.deployments.unfinished()
  const releases = await Promise.all(unfinished.map(({ releaseId }) => versionOf({ stores }, releaseId)))
  return releases.flat()
}

/** Its app may be removed meanwhile. */
async function versionOf({ stores }: Pick<Parts, 'stores'>, releaseId: string): Promise<string[]> {
  try {
    const { appId, version } = await stores.releases.get(releaseId)
    return [`${appId} ${version}`]
  } catch (error) {
    if (isBerthError(error, 'RECORD.NOT_FOUND')) return []
    throw error
  }
}
