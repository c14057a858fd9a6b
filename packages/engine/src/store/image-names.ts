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
 *
 * A name with a scope is that scope's alone: what its rights have fetched. Without one it is everybody's. The two never
 * answer for each other here; who asks for both asks twice.
 */
export type ImageNames = {
  get(name: string, scope?: string): Promise<ImageDigest | undefined>
  set(name: string, digest: ImageDigest, scope?: string): Promise<void>
  remove(name: string, scope?: string): Promise<void>
  /** Of all scopes, sorted by name. */
  all(): Promise<NamedImage[]>
}

export type NamedImage = { name: string; digest: ImageDigest; scope?: string | undefined }

export const digestPattern = /^sha256:[0-9a-f]{64}$/

const nameSchema = z.object({
  name: z.string(),
  digest: z.string().regex(digestPattern),
  scope: z.string().optional(),
})

export function openImageNames(home: string): ImageNames {
  return openNameFiles(`${home}/names`, normaliseName)
}

/** The same for `ghcr.io/acme/api@sha256:…`: under which digests registries know our images. Such a name keeps nothing alive. */
export function openImagePins(home: string): ImageNames {
  return openNameFiles(`${home}/pins`, (name) => name)
}

function openNameFiles(directory: string, normalise: (name: string) => string): ImageNames {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = (name: string, scope?: string) => {
    // No name holds a line break.
    const key = scope === undefined ? normalise(name) : `${normalise(name)}\n${scope}`
    return `${directory}/${createHash('sha256').update(key).digest('hex')}.json`
  }
  return {
    async get(name, scope) {
      return (await readRecord(path(name, scope), nameSchema))?.digest
    },
    async set(name, digest, scope) {
      const scoped = scope === undefined ? {} : { scope }
      await writeRecord(path(name, scope), { name: normalise(name), digest, ...scoped })
    },
    async remove(name, scope) {
      await removeRecord(path(name, scope))
    },
    async all() {
      const files = (await readdir(directory)).filter((file) => file.endsWith('.json'))
      const found = await Promise.all(files.map((file) => readRecord(`${directory}/${file}`, nameSchema)))
      return found.filter((record) => record !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
