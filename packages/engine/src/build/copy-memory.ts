import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { entryMode, type TreeEntry } from '@berth/domain'
import { z } from 'zod'
import { writeWhole } from '../system/write-whole.ts'
import type { Owner } from './find-owner.ts'
import type { StepContext, StepOf } from './step-context.ts'

/**
 * Which files the last COPY of a directory wrote, and into which layer: the next one links the files that did not
 * change from that layer into its own, instead of reading them from the repository and writing them again. Layers never
 * change, so two may share a file. One file per COPY of a scope, written whole by rename; what cannot be read is
 * forgotten.
 */
export type CopyMemory = {
  find(site: string): Promise<CopiedFiles | undefined>
  keep(site: string, copied: CopiedFiles): Promise<void>
  forget(before: Date): Promise<void>
}

/** Path in the root, without links → what is there, as `contentOf` names it. */
export type CopiedFiles = { layer: string; files: ReadonlyMap<string, string> }

const schema = z.object({ layer: z.string().max(200), files: z.array(z.tuple([z.string(), z.string()])) })

export async function openCopyMemory(home: string): Promise<CopyMemory> {
  const directory = `${home}/cache/copies`
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const name of await readdir(directory)) if (name.endsWith('.tmp')) await rm(`${directory}/${name}`)
  const pathOf = (site: string) => `${directory}/${site}.json`

  return {
    async find(site) {
      const text = await readFile(pathOf(site), 'utf8').catch(() => '')
      const parsed = schema.safeParse(parseJson(text)).data
      return parsed && { layer: parsed.layer, files: new Map(parsed.files) }
    },
    async keep(site, { layer, files }) {
      const temporary = `${pathOf(site)}.${randomBytes(6).toString('hex')}.tmp`
      const content = JSON.stringify({ layer, files: [...files] })
      await writeWhole(pathOf(site), content, { fresh: temporary, point: 'copies written beside' })
    },
    async forget(before) {
      for (const name of await readdir(directory)) {
        const { mtimeMs } = await stat(`${directory}/${name}`)
        if (mtimeMs < before.getTime()) await rm(`${directory}/${name}`, { force: true })
      }
    },
  }
}

/** The COPY of a Dockerfile that this one follows: same place among the steps, destination, owner, mode and date. */
export function copySite({ request, sourceDate }: StepContext, { id, action }: StepOf<'copy'>): string {
  const { destination, isDirectory, owner, mode } = action
  const written = [
    destination,
    isDirectory,
    owner,
    mode,
    ...(sourceDate === null ? [] : [sourceDate.getTime()]),
  ]
  return createHash('sha256')
    .update(JSON.stringify([request.cacheScope, request.dockerfilePath, id, ...written]))
    .digest('hex')
}

/** Equal for files that a COPY writes alike. */
export function contentOf(entry: TreeEntry, { uid, gid }: Owner): string {
  return `${entry.contentId} ${entryMode(entry).toString(8)} ${uid}:${gid}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
