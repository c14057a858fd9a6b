import { posix } from 'node:path'
import { reached } from '../system/failure-points.ts'
import { type CopiedFiles, contentOf, copySite } from './copy-memory.ts'
import { buildError } from './errors.ts'
import { findOwner, isNumericOwner, ownerScope } from './find-owner.ts'
import type { LayeredRoot } from './layered-root.ts'
import { makeLinks, planLinks, withLinks } from './link-unchanged.ts'
import type { RemoteSource } from './plan.ts'
import { writeRemote } from './remote/write-remote.ts'
import { RootWriter } from './root-writer.ts'
import { type ContextSource, directoriesOf } from './select-sources.ts'
import {
  type MadeLayer,
  makeLayer,
  makeUnmountedLayer,
  type StepContext,
  type StepOf,
} from './step-context.ts'
import { type Targets, writeEntries } from './write-entries.ts'

/**
 * COPY and ADD from the context.
 * @throws BUILD.COPY_CONFLICT, BUILD.USER_UNKNOWN, BUILD.OVER_DISK_LIMIT, BUILD.ARCHIVE_INVALID
 */
export async function copyStep(
  context: StepContext,
  step: StepOf<'copy'>,
  layers: readonly string[],
): Promise<MadeLayer> {
  checkSize(context, step)
  const site = copySite(context, step)
  const remembered = await recall(context, step, site)
  return withLinks((linking) =>
    copyWith(context, step, layers, { site, remembered: linking ? remembered : undefined }),
  )
}

type Memory = { site: string; remembered: (CopiedFiles & { path: string }) | undefined }

async function copyWith(
  context: StepContext,
  step: StepOf<'copy'>,
  layers: readonly string[],
  { site, remembered }: Memory,
): Promise<MadeLayer> {
  let written: ReadonlyMap<string, string> = new Map()
  const copy = async (root: string | LayeredRoot, directory: string) => {
    const writer = await writerFor(context, root, step, layers)
    const { targets, intoDirectory } = targetsOf(writer, step)
    const contents = isMemorable(step) ? contentsOf(writer, targets) : undefined
    written = contents ?? written
    const links = contents && remembered && (await planLinks(writer, targets, remembered))
    await writeEntries(context, { writer, targets, directory })
    for (const { name, content } of step.action.inline) {
      const path = fileTarget(writer, step.action.destination, { name, intoDirectory })
      writer.file(path, Buffer.from(content))
    }
    await writeRemote(context, step, { writer, directory, intoDirectory })
    return links && ((upper: string) => makeLinks(upper, links))
  }
  const layer = needsMount(step)
    ? await makeLayer(context, layers, null, copy)
    : await makeUnmountedLayer(context, layers, copy)
  if (layer !== null && written.size > 0) await context.copies.keep(site, { layer: layer.id, files: written })
  reached('copies kept')
  return layer
}

/** Names of owners are looked up in the image's files, and what is in an archive may want anything of a root. */
function needsMount({ action }: StepOf<'copy'>): boolean {
  const unpacks = action.unpack || action.remote.some((source) => source.kind === 'url' && source.unpack)
  return unpacks || (action.owner !== null && !isNumericOwner(action.owner))
}

/** What is fetched or unpacked has no content id; a link among several sources could lead another one's files elsewhere. */
function isMemorable({ action }: StepOf<'copy'>): boolean {
  const { sources, inline, remote, unpack } = action
  if (sources.length === 0 || inline.length + remote.length > 0) return false
  if (unpack && sources.some(({ kind }) => kind === 'file')) return false
  return (
    sources.length === 1 || !sources.some(({ entries }) => entries.some(({ entry }) => entry.kind === 'link'))
  )
}

async function recall(context: StepContext, step: StepOf<'copy'>, site: string) {
  if (context.request.noCache || !isMemorable(step)) return undefined
  const found = await context.copies.find(site)
  if (found === undefined || (await context.fileSystems.layer(found.layer)) === undefined) return undefined
  return { ...found, path: context.fileSystems.layerPath(found.layer) }
}

/** Undefined: two go to one place, and the order decides. */
function contentsOf(writer: RootWriter, targets: Targets): ReadonlyMap<string, string> | undefined {
  const contents = new Map<string, string>()
  const owner = writer.ownerOf({ uid: 0, gid: 0 })
  for (const { entry, places } of targets.values()) {
    if (entry.kind !== 'file') continue
    for (const place of places) {
      const path = writer.pathOf(place.path).slice(writer.root.length)
      if (contents.has(path)) return undefined
      contents.set(path, contentOf(entry, owner))
    }
  }
  return contents
}

async function writerFor(
  context: StepContext,
  root: string | LayeredRoot,
  { action, place }: StepOf<'copy'>,
  layers: readonly string[],
): Promise<RootWriter> {
  const scope = ownerScope(context, { root: typeof root === 'string' ? root : null, place, layers })
  const owner = action.owner === null ? null : await findOwner(action.owner, scope)
  return new RootWriter(root, { place, owner, mode: action.mode })
}

function targetsOf(writer: RootWriter, step: StepOf<'copy'>) {
  const { sources, inline, remote } = step.action
  const all = [...sources.map(({ kind }) => kind), ...inline.map(() => 'file'), ...remote.map(kindOfRemote)]
  const directories = all.filter((kind) => kind === 'directory').length
  const files = all.length - directories
  const intoDirectory = startDestination(writer, step, { files, directories })
  const targets: Targets = new Map()
  for (const source of sources) addTargets({ targets, writer, step, intoDirectory }, source)
  return { targets, intoDirectory }
}

function kindOfRemote(source: RemoteSource): 'file' | 'directory' {
  return source.kind === 'git' ? 'directory' : 'file'
}

/**
 * Makes the destination a directory where it is written as one, or a directory is copied. True: files keep their names
 * in it. Several files at one path: the last one stays, as with BuildKit.
 */
export function startDestination(
  writer: RootWriter,
  { action }: StepOf<'copy'> | StepOf<'copy-from'>,
  sources: { files: number; directories: number },
): boolean {
  // Patterns that match nothing make nothing.
  if (sources.files + sources.directories === 0) return true
  if (action.isDirectory || sources.directories > 0) writer.directory(action.destination)
  return writer.isDirectory(action.destination)
}

export function fileTarget(
  writer: RootWriter,
  destination: string,
  { name, intoDirectory }: { name: string; intoDirectory: boolean },
): string {
  return intoDirectory ? posix.join(destination, name) : writer.throughLinks(destination)
}

type Adding = { targets: Targets; writer: RootWriter; step: StepOf<'copy'>; intoDirectory: boolean }

const contextOwner = { uid: 0, gid: 0 }

function addTargets({ targets, writer, step, intoDirectory }: Adding, source: ContextSource): void {
  const { destination, unpack } = step.action
  for (const [path, mode] of directoriesOf(source))
    writer.copiedDirectory(posix.join(destination, path), { mode, owner: contextOwner })
  for (const { path, entry } of source.entries) {
    const target =
      source.kind === 'directory'
        ? { path: posix.join(destination, path), unpackInto: null }
        : {
            path: fileTarget(writer, destination, { name: source.name, intoDirectory }),
            unpackInto: unpack && entry.kind === 'file' ? destination : null,
          }
    targets.set(entry.path, { entry, places: [...(targets.get(entry.path)?.places ?? []), target] })
  }
}

function checkSize(context: StepContext, step: StepOf<'copy'>): void {
  const entries = step.action.sources.flatMap((source) => source.entries)
  const bytes = entries.reduce((sum, { entry }) => sum + entry.sizeBytes, 0)
  if (bytes <= context.disk.bytesLeft) return
  const limitBytes = context.disk.limitBytes
  throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes })
}
