import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { archiveError } from '../archive/errors.ts'
import type { Image, Images, PullOptions } from '../engine.ts'
import { registryError } from '../registry/errors.ts'
import { imageError } from '../store/errors.ts'
import { imageConfigSchema } from '../store/image-config.ts'
import { type FakeStore, normalised, pinKey, scopedName } from './fake-images.ts'

type Transfers = Pick<
  Images,
  'importRootfs' | 'importArchive' | 'exportArchive' | 'exportRootfs' | 'pull' | 'push' | 'resolve'
>

/** Archives are JSON, and every registry is one map that lives as long as the fake. */
export function fakeTransfers(store: FakeStore): Transfers {
  const { names, pins, get, find, add } = store
  const remote = new Map<string, { image: Image; digest: string }>()

  const pull = async (reference: string, { scope, credentials }: PullOptions = {}): Promise<Image> => {
    const found = remote.get(normalised(reference))
    if (found === undefined) throw registryError['REGISTRY.NOT_FOUND']({ reference })
    store.images.set(found.image.digest, found.image)
    const owner = credentials ? scope : undefined
    if (!reference.includes('@')) names.set(scopedName(reference, owner), found.image.digest)
    return found.image
  }
  return {
    pull,
    async push(reference, options = {}) {
      const image = get(reference)
      const name = normalised(options.name ?? reference)
      const digest = `sha256:${createHash('sha256').update(image.digest).digest('hex')}`
      const pinned = `${name.slice(0, name.lastIndexOf(':'))}@${digest}`
      for (const each of [name, pinned]) remote.set(normalised(each), { image, digest })
      pins.set(pinKey(pinned, options.scope), image.digest)
      return { name, digest }
    },
    async resolve(reference, options = {}) {
      const here = find(reference, options.scope)
      if (here !== undefined) return here
      if (!remote.has(normalised(reference))) throw imageError['IMAGE.NOT_FOUND']({ reference })
      return pull(reference, options)
    },
    async importRootfs(archive, name, config) {
      if (typeof archive === 'string') return add(name, config, archive)
      const pieces: Uint8Array[] = []
      for await (const piece of archive) pieces.push(piece)
      return add(name, config, Buffer.concat(pieces).toString('latin1'))
    },
    async importArchive(archivePath, given = []) {
      const archived = await readArchive(archivePath)
      const images = (archived ?? [{ config: {}, content: archivePath, names: [] }]).map((each) => {
        const image = add(null, each.config, each.content)
        for (const name of given.length > 0 ? given : each.names) names.set(normalised(name), image.digest)
        return image
      })
      return images
    },
    async exportArchive(references, path) {
      const images = references.map((reference) => {
        const { config, digest } = get(reference)
        const named = names.get(normalised(reference)) === digest
        return { config, content: digest, names: named ? [normalised(reference)] : [] }
      })
      await write(path, JSON.stringify(images))
    },
    exportRootfs: (reference, path) => write(path, get(reference).digest),
  }
}

const archiveSchema = z.array(
  z.object({ config: imageConfigSchema, content: z.string(), names: z.array(z.string()) }),
)

/** Undefined: not one of ours; tests name files that are not there. */
async function readArchive(path: string) {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return archiveSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw archiveError['ARCHIVE.NOT_WRITTEN'](
      { path, reason: 'there is no such directory' },
      { cause: error },
    )
  })
}
