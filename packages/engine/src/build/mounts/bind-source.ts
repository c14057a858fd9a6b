import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { posix } from 'node:path'
import { isBerthError } from '@berth/domain'
import { resolveInRoot } from '../../system/resolve-in-root.ts'
import { dateAll } from '../date-all.ts'
import { addSource } from '../definition-key.ts'
import { buildError } from '../errors.ts'
import type { BindSource } from '../plan.ts'
import { RootWriter } from '../root-writer.ts'
import { type ContextSource, directoriesOf } from '../select-sources.ts'
import { type Targets, writeEntries } from '../write-entries.ts'
import type { Mounting } from './run-mounts.ts'

/**
 * A file or directory of the context, of a stage or of an image, as the range of builds sees it. Each has a mount of its
 * own, whose writes go to an upper directory that is thrown away, so nobody else can change it while the path is looked
 * up (BuildKit CVE-2024-23651).
 *
 * @throws BUILD.SOURCE_NOT_FOUND, BUILD.OVER_DISK_LIMIT
 */
export async function bindSource(mounting: Mounting, from: BindSource, writable: boolean): Promise<string> {
  const { context, undo } = mounting
  const layers =
    from.kind === 'root' ? mounting.layersOf(from.origin) : await contextLayers(mounting, from.source)
  const directory = await context.fileSystems.temporaryDirectory()
  undo.add(() => rm(directory, { recursive: true, force: true }))
  const { range } = context
  const mounted = await context.fileSystems.mount({ layers, directory, range, readOnly: !writable })
  undo.add(async () => mounted.unmount())
  if (from.kind === 'context')
    return `${mounted.root}${from.source.kind === 'file' ? `/${from.source.name}` : ''}`
  return resolved(mounting, mounted.root, from.source)
}

async function resolved({ place }: Mounting, root: string, source: string): Promise<string> {
  const missing = { place, path: source, from: 'what is mounted', ignored: false }
  try {
    const real = await resolveInRoot(root, source)
    if (existsSync(real)) return real
  } catch (error) {
    if (!isBerthError(error)) throw error
  }
  throw buildError['BUILD.SOURCE_NOT_FOUND'](missing)
}

/** The selected files and directories as a layer, which is kept by what is in it. None for an empty directory. */
async function contextLayers({ context, place }: Mounting, source: ContextSource): Promise<string[]> {
  const hash = createHash('sha256').update(`context 2 ${context.sourceDate?.getTime() ?? ''}`)
  addSource(hash, source)
  const mode = source.modes?.get('')
  hash.update(`${mode}`)
  const key = hash.digest('hex')
  const known = await context.cache.find(key)
  if (known?.layer && (await context.fileSystems.layer(known.layer)) !== undefined) return [known.layer]
  const directories = directoriesOf(source)
  if (source.entries.length + directories.size === 0 && mode === undefined) return []
  const bytes = source.entries.reduce((sum, { entry }) => sum + entry.sizeBytes, 0)
  const { limitBytes } = context.disk
  if (bytes > context.disk.bytesLeft) throw buildError['BUILD.OVER_DISK_LIMIT']({ place, limitBytes })
  const directory = await context.fileSystems.temporaryDirectory()
  try {
    const root = `${directory}/upper`
    await mkdir(root, { mode: 0o755 })
    if (mode !== undefined) await chmod(root, mode)
    const targets = targetsOf(source)
    const writer = new RootWriter(root, { place, owner: null, mode: null })
    for (const [path, mode] of directories)
      writer.copiedDirectory(posix.join('/', path), { mode, owner: { uid: 0, gid: 0 } })
    await writeEntries(context, { writer, targets, directory })
    if (context.sourceDate !== null) await dateAll(root, context.sourceDate)
    const layer = await context.fileSystems.seal(root, null)
    await context.cache.keep(key, { layer: layer.id })
    return [layer.id]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function targetsOf(source: ContextSource): Targets {
  return new Map(
    source.entries.map(({ path, entry }) => {
      const target = posix.join('/', source.kind === 'file' ? source.name : path)
      return [entry.path, { entry, places: [{ path: target, unpackInto: null }] }]
    }),
  )
}
