import { createHash } from 'node:crypto'
import { findMade } from './build-cache.ts'
import { contentKey } from './content-key.ts'
import { fileTarget, startDestination } from './copy-step.ts'
import { type CopySource, TreeCopier } from './copy-tree.ts'
import { buildError } from './errors.ts'
import { LayerFiles } from './find-in-layers.ts'
import { findInRoot } from './find-in-root.ts'
import { findOwner, ownerScope } from './find-owner.ts'
import { makeLinks, type PlannedLinks, withLinks } from './link-unchanged.ts'
import { parentsPattern } from './parents-pattern.ts'
import { RootWriter } from './root-writer.ts'
import { excluding } from './select-sources.ts'
import { type MadeLayer, makeLayer, readRoot, type StepContext, type StepOf } from './step-context.ts'
import { warn } from './step-warnings.ts'

/**
 * COPY --from a stage or an image, whose layers are `from`. Where they are others than the last time, but what is taken
 * of them is the same, the layer is the one that was made then.
 */
export async function copyFromStep(
  context: StepContext,
  step: StepOf<'copy-from'>,
  layers: readonly string[],
  from: readonly string[],
): Promise<MadeLayer> {
  return readRoot(context, from, async (sourceRoot) => {
    const key = await sameContentKey(context, step, layers, sourceRoot)
    const known = key === null || context.request.noCache ? undefined : await findSame(context, step, key)
    if (known !== undefined) return known
    const made = await copyAnew(context, step, { layers, from, sourceRoot })
    if (key !== null) await context.cache.keep(key, { layer: made?.id ?? null, warnings: context.warnings })
    return made
  })
}

/** Null: there is too much to look at. */
async function sameContentKey(
  { sourceDate, signal }: StepContext,
  { action, place, definitionKey }: StepOf<'copy-from'>,
  layers: readonly string[],
  root: string,
): Promise<string | null> {
  if (action.keepParents) return null
  const from = sourceInWords(action)
  const found = action.sources.flatMap((source) => findInRoot(root, { source, from, place }))
  const content = await contentKey(found, signal)
  const whole = ['content', definitionKey, sourceDate, layers, content]
  return content && createHash('sha256').update(JSON.stringify(whole)).digest('hex')
}

async function findSame(
  context: StepContext,
  { place }: StepOf<'copy-from'>,
  key: string,
): Promise<MadeLayer | undefined> {
  const record = await findMade(context, key)
  for (const warning of record?.warnings ?? []) warn(context, place, warning)
  return record && (record.layer === null ? null : { id: record.layer, sizeBytes: 0, files: 0 })
}

async function copyAnew(
  context: StepContext,
  step: StepOf<'copy-from'>,
  { layers, from, sourceRoot }: { layers: readonly string[]; from: readonly string[]; sourceRoot: string },
): Promise<MadeLayer> {
  return withLinks((linking) => {
    const held = linking ? new LayerFiles(from.map(context.fileSystems.layerPath)) : null
    return makeLayer(context, layers, null, async (root) => {
      const links = await copyBetween(context, step, { root: sourceRoot, layers: held }, { root, layers })
      return (upper) => makeLinks(upper, links)
    })
  })
}

function sourceInWords({ from, fromName }: StepOf<'copy-from'>['action']): string {
  return from.kind === 'image' ? `the image ${fromName}` : `the stage ${fromName}`
}

async function copyBetween(
  context: StepContext,
  step: StepOf<'copy-from'>,
  source: CopySource,
  { root, layers }: { root: string; layers: readonly string[] },
): Promise<PlannedLinks> {
  const { action, place } = step
  const from = sourceInWords(action)
  const owner =
    action.owner === null ? null : await findOwner(action.owner, ownerScope(context, { root, place, layers }))
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
    else await copier.other(real, fileTarget(writer, action.destination, { name, intoDirectory }), stats)
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
