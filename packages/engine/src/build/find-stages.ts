import type { Dockerfile, FromInstruction, Stage } from '../dockerfile/instruction.ts'
import type { Place } from '../dockerfile/source-text.ts'
import { type GivenArguments, globalVariables, type Platform } from './build-arguments.ts'
import { buildError } from './errors.ts'
import { type Expander, expander } from './stage-state.ts'

/** Which stages and images a target needs, before anything is looked up. */
export type StageBase =
  | { kind: 'scratch' }
  | { kind: 'stage'; index: number }
  | { kind: 'image'; reference: string; place: Place }

export type FindOptions = { target: string | null; arguments: GivenArguments; platform: Platform }

/** @throws BUILD.TARGET_NOT_FOUND */
export function targetStage(dockerfile: Dockerfile, target: string | null): Stage {
  const stages = dockerfile.stages
  const wanted = target?.toLowerCase() ?? null
  const found =
    wanted === null
      ? stages.at(-1)
      : (findStage(stages, wanted) ?? (isNumber(wanted) ? stages[Number(wanted)] : undefined))
  if (found !== undefined) return found
  const names = stages.flatMap((stage) => (stage.name === null ? [] : [stage.name]))
  throw buildError['BUILD.TARGET_NOT_FOUND']({ target: target ?? '', stages: names })
}

/** The images that must be there for `planBuild`. @throws BUILD.SYNTAX, BUILD.TARGET_NOT_FOUND, BUILD.UNSUPPORTED */
export function neededImages(
  dockerfile: Dockerfile,
  options: FindOptions,
): { reference: string; place: Place }[] {
  const globals = expander(
    globalVariables(dockerfile, options.arguments, options.platform),
    dockerfile.directives.escape,
  )
  const seen = new Set<number>()
  const images = new Map<string, { reference: string; place: Place }>()
  const visit = (stage: Stage): void => {
    if (seen.has(stage.index)) return
    seen.add(stage.index)
    const copies = stage.instructions.flatMap((each) =>
      (each.keyword === 'COPY' || each.keyword === 'ADD') && each.from !== null
        ? [copySource(dockerfile, stage, each.from, each.place)]
        : [],
    )
    for (const base of [stageBase(dockerfile, stage, globals, options.platform), ...copies]) {
      if (base.kind === 'stage') visit(dockerfile.stages[base.index] as Stage)
      if (base.kind === 'image' && !images.has(base.reference)) images.set(base.reference, base)
    }
  }
  visit(targetStage(dockerfile, options.target))
  return [...images.values()]
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
  return reference === 'scratch' ? { kind: 'scratch' } : { kind: 'image', reference, place: from.place }
}

/** What `COPY --from` means: an earlier stage by name or number, or an image. */
export function copySource(dockerfile: Dockerfile, stage: Stage, from: string, place: Place): StageBase {
  const earlier = dockerfile.stages.slice(0, stage.index)
  const named = findStage(earlier, from.toLowerCase())
  if (named !== undefined) return { kind: 'stage', index: named.index }
  if (from.toLowerCase() === stage.name || (isNumber(from) && earlier[Number(from)] === undefined)) {
    throw buildError['BUILD.SYNTAX']({
      place,
      problem: `--from=${from.slice(0, 60)} is no stage before this one.`,
    })
  }
  if (isNumber(from)) return { kind: 'stage', index: Number(from) }
  return from === 'scratch' ? { kind: 'scratch' } : { kind: 'image', reference: from, place }
}

function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.findLast((stage) => stage.name === name)
}

function isNumber(text: string): boolean {
  return /^\d{1,6}$/.test(text)
}

function checkPlatform(from: FromInstruction, globals: Expander, platform: Platform): void {
  if (from.platform === null) return
  const wanted = globals.one(from.platform, from.place).toLowerCase()
  const own = `${platform.os}/${platform.architecture}`
  const same =
    wanted === own ||
    wanted === platform.architecture ||
    wanted === platform.os ||
    wanted.startsWith(`${own}/`)
  if (same) return
  throw buildError['BUILD.UNSUPPORTED']({
    place: from.place,
    what: `builds for ${wanted.slice(0, 40) || 'an empty platform'}`,
    instead: `This machine builds for ${own}: leave --platform out.`,
  })
}
