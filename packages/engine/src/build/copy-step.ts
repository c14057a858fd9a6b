import { posix } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TreeEntry } from '@berth/domain'
import { tryUnpack } from './add-archive.ts'
import { buildError } from './errors.ts'
import { findOwner } from './find-owner.ts'
import { RootWriter } from './root-writer.ts'
import type { ContextSource } from './select-sources.ts'
import { makeLayer, type StepContext, type StepOf } from './step-context.ts'

/** About 10 ms of work: the event loop serves logs and other builds in between. */
const entriesInOneGo = 200

/** COPY and ADD from the context. @throws BUILD.COPY_CONFLICT, BUILD.USER_UNKNOWN, BUILD.OVER_DISK_LIMIT, BUILD.ARCHIVE_INVALID */
export async function copyStep(context: StepContext, step: StepOf<'copy'>, layers: readonly string[]) {
  checkSize(context, step)
  return makeLayer(context, layers, null, async (root, directory) => {
    const { owner: given, mode, destination } = step.action
    const owner = given === null ? null : await findOwner(root, given, step.place)
    const writer = new RootWriter(root, { place: step.place, owner, mode })
    const targets = new Map<TreeEntry, Target[]>()
    const intoDirectory = startDestination(writer, step)

    for (const source of step.action.sources) addTargets(targets, writer, source, destination, intoDirectory)
    await writeEntries(context, step, { writer, targets, directory })
    for (const { name, content } of step.action.inline) {
      writer.file(fileTarget(writer, destination, name, intoDirectory), Buffer.from(content), false)
    }
  })
}

type Target = { path: string; unpackInto: string | null }

/** Whether files keep their names below the destination. @throws BUILD.COPY_CONFLICT for several files and one name */
export function startDestination(
  writer: RootWriter,
  step: StepOf<'copy'> | StepOf<'copy-from'>,
  count = step.action.sources.length + (step.action.kind === 'copy' ? step.action.inline.length : 0),
): boolean {
  const { destination, isDirectory } = step.action
  if (isDirectory) writer.directory(destination)
  if (isDirectory || writer.isDirectory(destination)) return true
  if (count > 1) {
    throw buildError['BUILD.SYNTAX']({
      place: step.place,
      problem: 'several sources need a directory as their destination.',
      hint: 'End the destination with a slash.',
    })
  }
  return false
}

export function fileTarget(
  writer: RootWriter,
  destination: string,
  name: string,
  intoDirectory: boolean,
): string {
  return intoDirectory || writer.isDirectory(destination) ? posix.join(destination, name) : destination
}

function addTargets(
  targets: Map<TreeEntry, Target[]>,
  writer: RootWriter,
  source: ContextSource,
  destination: string,
  intoDirectory: boolean,
): void {
  if (source.kind === 'directory') writer.directory(destination)
  for (const { path, entry } of source.entries) {
    const target =
      source.kind === 'directory'
        ? { path: posix.join(destination, path), unpackInto: null }
        : { path: fileTarget(writer, destination, source.name, intoDirectory), unpackInto: destination }
    targets.set(entry, [...(targets.get(entry) ?? []), target])
  }
}

async function writeEntries(
  context: StepContext,
  step: StepOf<'copy'>,
  given: { writer: RootWriter; targets: ReadonlyMap<TreeEntry, readonly Target[]>; directory: string },
): Promise<void> {
  if (given.targets.size === 0) return
  let sinceBreath = 0
  for await (const { entry, content } of context.request.tree.read([...given.targets.keys()])) {
    for (const target of given.targets.get(entry) ?? []) {
      if (!(await unpacked(context, step, given, target, entry, content))) {
        write(given.writer, target.path, entry, content)
      }
    }
    context.signal.throwIfAborted()
    if (++sinceBreath % entriesInOneGo === 0) await nextTurn()
  }
}

async function unpacked(
  context: StepContext,
  step: StepOf<'copy'>,
  { writer, directory }: { writer: RootWriter; directory: string },
  target: Target,
  entry: TreeEntry,
  content: Uint8Array,
): Promise<boolean> {
  if (!step.action.unpack || target.unpackInto === null || entry.kind !== 'file') return false
  return tryUnpack(context, { writer, directory, into: target.unpackInto, name: entry.path, content })
}

function write(writer: RootWriter, path: string, entry: TreeEntry, content: Uint8Array): void {
  if (entry.kind === 'link') writer.link(path, Buffer.from(content).toString('utf8'))
  else writer.file(path, content, entry.executable)
}

function checkSize(context: StepContext, step: StepOf<'copy'>): void {
  const entries = step.action.sources.flatMap((source) => source.entries)
  const bytes = entries.reduce((sum, { entry }) => sum + entry.sizeBytes, 0)
  if (bytes <= context.diskBytesLeft) return
  const limitBytes = context.request.limits.diskBytes
  throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes })
}
