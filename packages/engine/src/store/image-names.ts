import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { ImageDigest } from '../engine.ts'
import { readRecord, removeRecord, writeRecord } from './record-file.ts'
import { normaliseName } from './reference.ts'

/**
 * Which image a name means: one file a name, `names/<sha256 of the name>.json`, because a name has slashes, and may be
 * longer than a file's name can be. All functions take any spelling of a name.
 */
export type ImageNames = {
  get(name: string): Promise<ImageDigest | undefined>
  set(name: string, digest: ImageDigest): Promise<void>
  remove(name: string): Promise<void>
  /** Sorted by name. */
  all(): Promise<{ name: string; digest: ImageDigest }[]>
}

export const digestPattern = /^sha256:[0-9a-f]{64}$/

const nameSchema = z.object({ name: z.string(), digest: z.string().regex(digestPattern) })

export function openImageNames(home: string): ImageNames {
  return openNameFiles(`${home}/names`, normaliseName)
}

/** The same for `ghcr.io/acme/api@sha256:…`: under which digests registries know our images. Such a name keeps nothing alive. */
export function openImagePins(home: string): ImageNames {
  return openNameFiles(`${home}/pins`, (name) => name)
}

function openNameFiles(directory: string, normalise: (name: string) => string): ImageNames {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = (name: string) =>
    `${directory}/${createHash('sha256').update(normalise(name)).digest('hex')}.json`
  return {
    async get(name) {
      return (await readRecord(path(name), nameSchema))?.digest
    },
    async set(name, digest) {
      await writeRecord(path(name), { name: normalise(name), digest })
    },
    async remove(name) {
      await removeRecord(path(name))
    },
    async all() {
      const files = (await readdir(directory)).filter((file) => file.endsWith('.json'))
      const found = await Promise.all(files.map((file) => readRecord(`${directory}/${file}`, nameSchema)))
      return found.filter((record) => record !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
