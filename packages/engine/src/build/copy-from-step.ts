import { fileTarget, startDestination } from './copy-step.ts'
import { type CopySource, TreeCopier } from './copy-tree.ts'
import { buildError } from './errors.ts'
import { LayerFiles } from './find-in-layers.ts'
import { findInRoot } from './find-in-root.ts'
import { findOwner } from './find-owner.ts'
import { makeLinks, type PlannedLinks, withLinks } from './link-unchanged.ts'
import { parentsPattern } from './parents-pattern.ts'
import { RootWriter } from './root-writer.ts'
import { excluding } from './select-sources.ts'
import { makeLayer, readRoot, type StepContext, type StepOf } from './step-context.ts'

/** COPY --from a stage or an image, whose layers are `from`. */
export async function copyFromStep(
  context: StepContext,
  step: StepOf<'copy-from'>,
  layers: readonly string[],
  from: readonly string[],
) {
  return readRoot(context, from, (sourceRoot) =>
    withLinks((linking) => {
      const held = linking ? new LayerFiles(from.map(context.fileSystems.layerPath)) : null
      return makeLayer(context, layers, null, async (root) => {
        const links = await copyBetween(context, step, { root: sourceRoot, layers: held }, root)
        return (upper) => makeLinks(upper, links)
      })
    }),
  )
}

async function copyBetween(
  context: StepContext,
  step: StepOf<'copy-from'>,
  source: CopySource,
  root: string,
): Promise<PlannedLinks> {
  const { action, place } = step
  const from = action.from.kind === 'image' ? `the image ${action.fromName}` : `the stage ${action.fromName}`
  const owner = action.owner === null ? null : await findOwner(root, action.owner, place)
  const writer = new RootWriter(root, { place, owner, mode: action.mode })
  const copier = new TreeCopier(writer, source, {
    bytes: context.disk.bytesLeft,
    limitBytes: context.disk.limitBytes,
    signal: context.signal,
    filter: excluding(action.exclude, place),
    date: context.sourceDate,
  })
  const copying = { step, writer, copier, root: source.root, from }
  if (action.keepParents) await copyWithParents(copying)
  else await copyFound(copying)
  copier.finish()
  return copier.links
}

type Copying = {
  step: StepOf<'copy-from'>
  writer: RootWriter
  copier: TreeCopier
  root: string
  /** What the sources are of, in words. */
  from: string
}

async function copyFound({ step, writer, copier, root, from }: Copying): Promise<void> {
  const { action, place } = step
  const found = action.sources.flatMap((each) => findInRoot(root, { source: each, from, place }))
  const directories = found.filter(({ stats }) => stats.isDirectory()).length
  const intoDirectory = startDestination(writer, step, { files: found.length - directories, directories })
  for (const { name, real, stats } of found) {
    if (stats.isDirectory()) await copier.directory(real, action.destination)
    else await copier.other(real, fileTarget(action.destination, name, intoDirectory), stats)
  }
}

/** --parents: paths stay, from the pivot of each source on. @throws BUILD.SOURCE_NOT_FOUND */
async function copyWithParents({ step, writer, copier, root, from }: Copying): Promise<void> {
  const { action, place } = step
  writer.directory(action.destination)
  for (const source of action.sources) {
    const pattern = parentsPattern(source, place)
    let any = false
    for (const { real, stats } of findInRoot(root, { source: pattern.pivot, from, place })) {
      if (stats.isDirectory() && (await copier.matching(real, action.destination, pattern))) any = true
    }
    if (any || !pattern.isRequired) continue
    throw buildError['BUILD.SOURCE_NOT_FOUND']({ place, path: source, from, ignored: false })
  }
}
