import { posix } from 'node:path'
import { buildError } from './errors.ts'
import { findOwner } from './find-owner.ts'
import { RootWriter } from './root-writer.ts'
import type { ContextSource } from './select-sources.ts'
import { makeLayer, type StepContext, type StepOf } from './step-context.ts'
import { type Targets, writeEntries } from './write-entries.ts'

/** COPY and ADD from the context. @throws BUILD.COPY_CONFLICT, BUILD.USER_UNKNOWN, BUILD.OVER_DISK_LIMIT, BUILD.ARCHIVE_INVALID */
export async function copyStep(context: StepContext, step: StepOf<'copy'>, layers: readonly string[]) {
  checkSize(context, step)
  return makeLayer(context, layers, null, async (root, directory) => {
    const { owner: given, mode, destination } = step.action
    const owner = given === null ? null : await findOwner(root, given, step.place)
    const writer = new RootWriter(root, { place: step.place, owner, mode })
    const targets: Targets = new Map()
    const directories = step.action.sources.filter((source) => source.kind === 'directory').length
    const files = step.action.sources.length - directories + step.action.inline.length
    const intoDirectory = startDestination(writer, step, { files, directories })

    for (const source of step.action.sources) addTargets(targets, source, step, intoDirectory)
    await writeEntries(context, { writer, targets, directory })
    for (const { name, content } of step.action.inline) {
      writer.file(fileTarget(destination, name, intoDirectory), Buffer.from(content), false)
    }
  })
}

/**
 * Makes the destination a directory where the sources need one. True: files keep their names in it.
 * @throws BUILD.SYNTAX for several files and a destination that is no directory
 */
export function startDestination(
  writer: RootWriter,
  { action, place }: StepOf<'copy'> | StepOf<'copy-from'>,
  sources: { files: number; directories: number },
): boolean {
  if (action.isDirectory || sources.directories > 0) writer.directory(action.destination)
  if (writer.isDirectory(action.destination)) return true
  if (sources.files <= 1) return false
  throw buildError['BUILD.SYNTAX']({
    place,
    problem: 'several files need a directory as their destination.',
    hint: 'End the destination with a slash.',
  })
}

export function fileTarget(destination: string, name: string, intoDirectory: boolean): string {
  return intoDirectory ? posix.join(destination, name) : destination
}

function addTargets(
  targets: Targets,
  source: ContextSource,
  step: StepOf<'copy'>,
  intoDirectory: boolean,
): void {
  const { destination, unpack } = step.action
  for (const { path, entry } of source.entries) {
    const target =
      source.kind === 'directory'
        ? { path: posix.join(destination, path), unpackInto: null }
        : {
            path: fileTarget(destination, source.name, intoDirectory),
            unpackInto: unpack && entry.kind === 'file' ? destination : null,
          }
    targets.set(entry.path, { entry, places: [...(targets.get(entry.path)?.places ?? []), target] })
  }
}

function checkSize(context: StepContext, step: StepOf<'copy'>): void {
  const entries = step.action.sources.flatMap((source) => source.entries)
  const bytes = entries.reduce((sum, { entry }) => sum + entry.sizeBytes, 0)
  if (bytes <= context.diskBytesLeft) return
  const limitBytes = context.request.limits.diskBytes
  throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes })
}
