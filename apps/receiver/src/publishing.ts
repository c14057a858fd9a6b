import { randomBytes } from 'node:crypto'
import { isBerthError } from '@berth/domain'
import { type Digest, type RepositoryName, registryError, type Tag } from '@berth/registry'
import type { ReceiverParts } from './parts.ts'
import type { Publisher } from './registry-door.ts'

/**
 * Releases as images of the registry: `APP:v12`. The engine's layers are directories; so the
 * worker, which has them, makes archives of them when somebody asks for such an image for the first time, and pushes them
 * here as any other client would, with a token that is good for this once.
 */
export type Publishing = {
  /** True: it was brought, look again. @throws REGISTRY.RELEASE_UNAVAILABLE */
  make(key: RepositoryName, reference: Tag | Digest): Promise<boolean>
  publisher(token: string): Publisher | null
}

/** Who may set and remove these could forge a release. `v07` and `V7` are none, and yet would be taken for one. */
export function isReleaseTag(tag: Tag): boolean {
  return /^v\d+$/i.test(tag)
}

export function openPublishing({ live }: Pick<ReceiverParts, 'live'>): Publishing {
  const tokens = new Map<string, Publisher>()
  const underWay = new Map<string, Promise<void>>()

  async function publish(key: RepositoryName, version: number): Promise<void> {
    const token = randomBytes(32).toString('hex')
    tokens.set(token, { publishes: key, tag: `v${version}` as Tag })
    try {
      await live.publishImage(key, version, token)
    } finally {
      tokens.delete(token)
    }
  }

  /** Many who want the same image at once wait for the same work. */
  function publishOnce(key: RepositoryName, version: number): Promise<void> {
    const name = `${key}:${version}`
    const going = underWay.get(name) ?? publish(key, version).finally(() => underWay.delete(name))
    underWay.set(name, going)
    return going
  }

  return {
    publisher: (token) => tokens.get(token) ?? null,
    async make(key, reference) {
      const version = versionOf(reference)
      // Below an app (`APP/cache`) there are no releases.
      if (version === null || key.includes('/')) return false
      try {
        await publishOnce(key, version)
        return true
      } catch (error) {
        if (isBerthError(error, 'LIVE.NOT_FOUND', 'IMAGE.NOT_FOUND')) return false
        // What the worker was answered, as a client of this very registry, is not what the puller is to hear.
        if (!isBerthError(error)) throw error
        const details = { release: `v${version}`, reason: error.message }
        throw registryError['REGISTRY.RELEASE_UNAVAILABLE'](details, { cause: error })
      }
    },
  }
}

function versionOf(reference: string): number | null {
  const digits = /^v([1-9]\d{0,8})$/.exec(reference)?.[1]
  return digits === undefined ? null : Number(digits)
}
