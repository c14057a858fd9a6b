import { createHash } from 'node:crypto'
import type { Image, ImageConfig, Images } from '../engine.ts'
import { imageError } from '../store/errors.ts'
import { emptyImageConfig } from '../store/image-config.ts'
import { fakeLooks } from './fake-image-looks.ts'
import { fakeTransfers } from './fake-image-transfers.ts'

export type FakeImages = Images & {
  /** An image out of nothing: equal configuration and content, equal digest. Its only program is `sh`. */
  add(name: string | null, config?: Partial<ImageConfig>, content?: string): Image
  /** Says what programs an image has instead. */
  setPrograms(reference: string, programs: readonly string[]): void
}

/** What the parts of the fake share. `pins`: `name@digest` at a registry → our digest. */
export type FakeStore = {
  images: Map<string, Image>
  names: Map<string, string>
  pins: Map<string, string>
  find(reference: string, scope?: string): Image | undefined
  /** @throws IMAGE.NOT_FOUND */
  get(reference: string): Image
  namesOf(digest: string): string[]
  add: FakeImages['add']
}

/** What every fake image counts. */
export const fakeImageBytes = 1_000_000

/** Images without layers. `usedDigests` are those that containers hold. */
export function fakeImages(usedDigests: () => Set<string>): FakeImages {
  const store = fakeStore()
  const { images, names, get, find, namesOf, add } = store
  const programs = new Map<string, readonly string[]>()
  return {
    ...fakeTransfers(store),
    ...fakeLooks(store),
    add,
    get: async (reference) => get(reference),
    find: async (reference) => find(reference),
    setPrograms: (reference, given) => void programs.set(get(reference).digest, given),
    hasProgram: async (reference, name) => (programs.get(get(reference).digest) ?? ['sh']).includes(name),
    flush: async () => undefined,
    tag: async (reference, name) => void names.set(normalised(name), get(reference).digest),
    async remove(reference) {
      const image = get(reference)
      const rest = namesOf(image.digest).filter((name) => name !== normalised(reference))
      const goes = rest.length === 0 || !names.has(normalised(reference))
      if (goes && usedDigests().has(image.digest)) throw imageError['IMAGE.IN_USE']({ reference })
      names.delete(normalised(reference))
      if (!goes) return
      images.delete(image.digest)
      for (const name of namesOf(image.digest)) names.delete(name)
    },
    async prune(keep, { dryRun = false, scopes } = {}) {
      const used = usedDigests()
      const isForgotten = (name: string) => {
        const scope = scopeOf(name)
        return scope !== undefined && scopes?.includes(scope) === false
      }
      const gone = [...images.keys()].filter(
        (digest) => namesOf(digest).every(isForgotten) && !used.has(digest) && !keep.includes(digest),
      )
      const forget = (of: Map<string, string>) => {
        for (const name of of.keys()) if (isForgotten(name)) of.delete(name)
      }
      if (!dryRun) for (const kept of [names, store.pins]) forget(kept)
      const layers = gone.flatMap((digest) => images.get(digest)?.layers ?? [])
      if (!dryRun) for (const digest of gone) images.delete(digest)
      return { images: gone.length, bytes: gone.length * fakeImageBytes, digests: gone, layers }
    },
  }
}

function fakeStore(): FakeStore {
  const images = new Map<string, Image>()
  const names = new Map<string, string>()
  const pins = new Map<string, string>()
  const find = (reference: string, scope?: string): Image | undefined => {
    const own = scope === undefined ? undefined : names.get(scopedName(reference, scope))
    const named =
      own ?? names.get(normalised(reference)) ?? pins.get(pinKey(reference, scope)) ?? pins.get(reference)
    if (named !== undefined || scope !== undefined) return images.get(named ?? '')
    const prefix = reference.replace(/^sha256:/, '')
    if (!/^[0-9a-f]{12,64}$/.test(prefix)) return undefined
    return [...images.values()].find((image) => image.digest.startsWith(`sha256:${prefix}`))
  }
  return {
    ...{ images, names, pins, find },
    get(reference) {
      const image = find(reference)
      if (image === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
      return image
    },
    namesOf: (digest) => [...names].filter(([, named]) => named === digest).map(([name]) => name),
    add(name, config = {}, content = '') {
      const whole = { ...emptyImageConfig(), ...config }
      const hash = createHash('sha256').update(JSON.stringify(whole)).update(content).digest('hex')
      const image = images.get(`sha256:${hash}`) ?? {
        digest: `sha256:${hash}`,
        config: whole,
        layers: [`fake-${hash.slice(0, 12)}`],
        createdAt: new Date(),
      }
      images.set(image.digest, image)
      if (name !== null) names.set(normalised(name), image.digest)
      return image
    },
  }
}

/** What a scope alone may call: kept under its name and the scope's. */
export function scopedName(name: string, scope?: string): string {
  return scope === undefined ? normalised(name) : `${normalised(name)}\n${scope}`
}

/** The same for what a registry's digest finds. */
export function pinKey(pinned: string, scope?: string): string {
  return scope === undefined ? pinned : `${pinned}\n${scope}`
}

function scopeOf(name: string): string | undefined {
  return name.split('\n')[1]
}

export function normalised(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`
}
