import type { Dockerfile, FromInstruction, Stage, StageInstruction } from '../dockerfile/instruction.ts'
import { nearestWord } from '../dockerfile/nearest-word.ts'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import type { Image } from '../engine.ts'
import { type ArgumentOptions, globalVariables, type Platform } from './build-arguments.ts'
import { buildError } from './errors.ts'
import { onbuildTriggers } from './onbuild-triggers.ts'
import { normalized, parsePlatform, platformName } from './platform.ts'
import { type Expander, expander } from './stage-state.ts'

/** Which stages and images a target needs, before anything is looked up. */
export type StageBase =
  | { kind: 'scratch' }
  | { kind: 'stage'; index: number }
  /** `near`: a stage that may have been meant. */
  | { kind: 'image'; reference: string; place: Place; near: string | undefined }

export type NeededImage = { reference: string; place: Place; near: string | undefined }

export type FindOptions = ArgumentOptions & {
  /** Those that were found already: their ONBUILD may need others. */
  images?: ReadonlyMap<string, Image>
}

/** @throws BUILD.TARGET_NOT_FOUND */
export function targetStage(dockerfile: Dockerfile, target: string | null): Stage {
  const stages = dockerfile.stages
  const wanted = target?.toLowerCase() ?? null
  const found = wanted === null ? stages.at(-1) : findStage(stages, wanted)
  if (found !== undefined) return found
  const names = namesOf(stages)
  throw buildError['BUILD.TARGET_NOT_FOUND']({
    target: target ?? '',
    stages: names,
    near: nearestWord(target ?? '', names),
  })
}

/**
 * The images that must be there for `planBuild`. What an image's ONBUILD needs shows once it is among `options.images`:
 * ask again until nothing new is named.
 * @throws BUILD.SYNTAX, BUILD.TARGET_NOT_FOUND, BUILD.UNSUPPORTED
 */
export function neededImages(dockerfile: Dockerfile, options: FindOptions): NeededImage[] {
  const globals = expander(globalVariables(dockerfile, options), dockerfile.directives.escape)
  const seen = new Set<number>()
  const images = new Map<string, NeededImage>()
  const visit = (stage: Stage): void => {
    if (seen.has(stage.index)) return
    seen.add(stage.index)
    const base = stageBase(dockerfile, stage, globals, options.platform)
    const triggers = onbuildTriggers(stage, onBuildOf(dockerfile, base, options.images))
    const read = [...triggers, ...stage.instructions].flatMap((each) =>
      sourceNames(each).map((from) => readSource(dockerfile, stage, from, each.place)),
    )
    for (const each of [base, ...read]) {
      if (each.kind === 'stage') visit(dockerfile.stages[each.index] as Stage)
      if (each.kind === 'image' && !images.has(each.reference)) images.set(each.reference, each)
    }
  }
  visit(targetStage(dockerfile, options.target))
  return [...images.values()]
}

function onBuildOf(
  dockerfile: Dockerfile,
  base: StageBase,
  images: ReadonlyMap<string, Image> | undefined,
): readonly string[] {
  if (base.kind === 'image') return images?.get(base.reference)?.config.onBuild ?? []
  const stage = base.kind === 'stage' ? dockerfile.stages[base.index] : undefined
  return stage?.instructions.flatMap((each) => (each.keyword === 'ONBUILD' ? [each.trigger] : [])) ?? []
}

/** The stages and images whose files an instruction reads, as it names them. */
function sourceNames(instruction: StageInstruction): string[] {
  switch (instruction.keyword) {
    case 'COPY':
    case 'ADD':
      return instruction.from === null ? [] : [instruction.from]
    case 'RUN':
      return instruction.mounts.flatMap(({ from }) => from ?? [])
    default:
      return []
  }
}

/** What a stage's FROM means: an earlier stage by name, nothing at all, or an image. */
export function stageBase(
  dockerfile: Dockerfile,
  stage: Stage,
  globals: Expander,
  platform: Platform,
): StageBase {
  const { from } = stage
  checkPlatform(from, globals, platform)
  const reference = globals.one(from.image, from.place)
  if (reference.trim() === '') {
    throw buildError['BUILD.SYNTAX']({
      place: from.place,
      problem: `the image of FROM is empty once its variables are replaced: ${from.image.slice(0, 80)}`,
      hint: 'An ARG that FROM uses must stand before the first FROM, with a default or a given value.',
    })
  }
  const earlier = findStage(dockerfile.stages.slice(0, stage.index), reference.toLowerCase())
  if (earlier !== undefined) return { kind: 'stage', index: earlier.index }
  if (reference === 'scratch') return { kind: 'scratch' }
  return imageBase(dockerfile, stage, reference, from.place)
}

/** What `--from` of COPY and of RUN's mounts means: an earlier stage by name or number, or an image. @throws BUILD.SYNTAX */
export function readSource(dockerfile: Dockerfile, stage: Stage, from: string, place: Place): StageBase {
  const earlier = dockerfile.stages.slice(0, stage.index)
  const named = findStage(earlier, from.toLowerCase())
  if (named !== undefined) return { kind: 'stage', index: named.index }
  const isLater = findStage(dockerfile.stages, from.toLowerCase()) !== undefined
  if (isLater || (isNumber(from) && earlier[Number(from)] === undefined)) {
    throw buildError['BUILD.SYNTAX']({
      place,
      problem: `--from=${from.slice(0, 60)} is no stage before this one.`,
      hint: isLater ? `Move the stage ${quoted(from)} above this one.` : undefined,
    })
  }
  if (isNumber(from)) return { kind: 'stage', index: Number(from) }
  return from === 'scratch' ? { kind: 'scratch' } : imageBase(dockerfile, stage, from, place)
}

function imageBase(dockerfile: Dockerfile, stage: Stage, reference: string, place: Place): StageBase {
  const near = nearestWord(reference, namesOf(dockerfile.stages.slice(0, stage.index)))
  return { kind: 'image', reference, place, near }
}

function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.findLast((stage) => stage.name === name)
}

function namesOf(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ name }) => (name === null ? [] : [name]))
}

function isNumber(text: string): boolean {
  return /^\d{1,6}$/.test(text)
}

function checkPlatform(from: FromInstruction, globals: Expander, platform: Platform): void {
  if (from.platform === null) return
  const given = globals.one(from.platform, from.place)
  const wanted = parsePlatform(given, platform)
  const own = normalized(platform.os, platform.architecture)
  if (wanted === undefined) {
    throw buildError['BUILD.SYNTAX']({
      place: from.place,
      problem: `--platform=${from.platform.slice(0, 60)} names no platform${given === '' ? ', since it is empty' : ''}.`,
      hint: `This machine builds for ${platformName(own)}: leave --platform out.`,
    })
  }
  if (platformName(wanted) === platformName(own)) return
  throw buildError['BUILD.UNSUPPORTED']({
    place: from.place,
    what: `builds for ${platformName(wanted).slice(0, 40)}`,
    instead: `This machine builds for ${platformName(own)}: leave --platform out.`,
  })
}
