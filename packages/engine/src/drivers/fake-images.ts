import { createHash } from 'node:crypto'
import type { Image, ImageConfig, Images } from '../engine.ts'
import { imageError } from '../store/errors.ts'
import { emptyImageConfig } from '../store/image-config.ts'

export type FakeImages = Images & {
  /** An image out of nothing: equal configuration and content, equal digest. Its only program is `sh`. */
  add(name: string | null, config?: Partial<ImageConfig>, content?: string): Image
  /** Says what programs an image has instead. */
  setPrograms(reference: string, programs: readonly string[]): void
}

/** Images without layers. `usedDigests` are those that containers hold. */
export function fakeImages(usedDigests: () => Set<string>): FakeImages {
  const images = new Map<string, Image>()
  const names = new Map<string, string>()
  const programs = new Map<string, readonly string[]>()

  const find = (reference: string): Image | undefined => {
    const named = names.get(normalised(reference))
    if (named !== undefined) return images.get(named)
    const prefix = reference.replace(/^sha256:/, '')
    if (!/^[0-9a-f]{12,64}$/.test(prefix)) return undefined
    return [...images.values()].find((image) => image.digest.startsWith(`sha256:${prefix}`))
  }
  const get = (reference: string): Image => {
    const image = find(reference)
    if (image === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
    return image
  }
  const namesOf = (digest: string) => [...names].filter(([, named]) => named === digest).map(([name]) => name)
  const add = (name: string | null, config: Partial<ImageConfig> = {}, content = ''): Image => {
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
  }

  return {
    add,
    get: async (reference) => get(reference),
    find: async (reference) => find(reference),
    setPrograms: (reference, given) => void programs.set(get(reference).digest, given),
    hasProgram: async (reference, name) => (programs.get(get(reference).digest) ?? ['sh']).includes(name),
    flush: async () => undefined,
    tag: async (reference, name) => void names.set(normalised(name), get(reference).digest),
    importRootfs: async (archivePath, name, config) => add(name, config, archivePath),
    importArchive: async (archivePath, given = []) => {
      const image = add(null, {}, archivePath)
      for (const name of given) names.set(normalised(name), image.digest)
      return [image]
    },
    async list() {
      return [...images.values()].map((image) => ({
        digest: image.digest,
        names: namesOf(image.digest),
        sizeBytes: 1_000_000,
        createdAt: image.createdAt,
      }))
    },
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
    async prune(keep) {
      const used = usedDigests()
      const gone = [...images.keys()].filter(
        (digest) => namesOf(digest).length === 0 && !used.has(digest) && !keep.includes(digest),
      )
      for (const digest of gone) images.delete(digest)
      return { images: gone.length, bytes: gone.length * 1_000_000 }
    },
  }
}

function normalised(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`
}
