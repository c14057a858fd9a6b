import type { BuildWarning } from '@berth/domain'
import type { Variables } from '../dockerfile/expand-words.ts'
import type { Dockerfile, Stage, StageInstruction } from '../dockerfile/instruction.ts'
import { type Linter, openLinter } from '../dockerfile/lint/linter.ts'
import { isStageInstruction, parseInstruction } from '../dockerfile/parse-instruction.ts'
import { quoted } from '../dockerfile/source-text.ts'
import type { Image } from '../engine.ts'
import { defaultPath } from '../store/image-config.ts'
import {
  declared,
  type GivenArguments,
  globalVariables,
  type Platform,
  proxyEnvironment,
} from './build-arguments.ts'
import { type BuildContext, type ContextIndex, indexContext } from './context.ts'
import { definitionKey } from './definition-key.ts'
import { buildError } from './errors.ts'
import { copySource, type StageBase, stageBase, targetStage } from './find-stages.ts'
import type { BuildPlan, Origin, PlannedHistory, PlannedStep, StepAction } from './plan.ts'
import { planCopy, planRun, planWorkdir } from './plan-step.ts'
import { applyToConfig, emptyConfig, expander, type StageState, variablesOf } from './stage-state.ts'

/**
 * Dockerfile + arguments + base images + context → the steps of a build, and the configuration that results. Pure: it
 * looks at values only. `neededImages` says which images must be given.
 */
export type PlanOptions = {
  target: string | null
  arguments: GivenArguments
  labels: Readonly<Record<string, string>>
  platform: Platform
  /** By the reference that `neededImages` returned. */
  images: ReadonlyMap<string, Image>
  context: BuildContext
}

/** @throws BUILD.SYNTAX, BUILD.UNSUPPORTED, BUILD.TARGET_NOT_FOUND, BUILD.SOURCE_NOT_FOUND */
export function planBuild(dockerfile: Dockerfile, options: PlanOptions): BuildPlan {
  const target = targetStage(dockerfile, options.target)
  const planner = new Planner(dockerfile, options)
  const state = planner.stage(target.index)
  return {
    steps: planner.steps,
    bases: planner.bases,
    result: state.origin,
    config: { ...state.config, labels: { ...state.config.labels, ...options.labels } },
    history: state.history,
    sourceDate: null,
    warnings: [...planner.warnings, ...planner.linter.warnings()],
  }
}

type Draft = { place: PlannedStep['place']; text: string; parent: Origin; action: StepAction }

/** Goes through a stage when it is asked for, so that stages that nobody needs are never looked at. */
class Planner {
  readonly steps: PlannedStep[] = []
  readonly bases: { id: string; title: string }[] = []
  readonly warnings: BuildWarning[] = []
  readonly linter: Linter
  readonly #dockerfile: Dockerfile
  readonly #options: PlanOptions
  readonly #index: ContextIndex
  readonly #globals: Variables
  readonly #done = new Map<number, StageState>()

  constructor(dockerfile: Dockerfile, options: PlanOptions) {
    this.#dockerfile = dockerfile
    this.#options = options
    this.#index = indexContext(options.context)
    this.#globals = globalVariables(dockerfile, options.arguments, options.platform)
    const { syntax } = dockerfile.directives
    if (syntax !== null && !/^(?:docker\.io\/)?docker\/dockerfile(?:[:@].*)?$/.test(syntax)) {
      this.warnings.push({ text: 'Berth reads Dockerfiles itself: the syntax directive is not followed.' })
    }
    this.linter = openLinter(dockerfile, { ...options, index: this.#index })
  }

  /** Stages refer to earlier ones only, so this ends. */
  stage(index: number): StageState {
    const known = this.#done.get(index)
    if (known !== undefined) return known
    const stage = this.#dockerfile.stages[index] as Stage
    const globals = expander(this.#globals, this.#dockerfile.directives.escape)
    const base = stageBase(this.#dockerfile, stage, globals, this.#options.platform)
    const start = this.#start(base)
    const instructions = [...this.#triggers(start, stage), ...stage.instructions]

    const drafts: Draft[] = []
    let state: StageState = { ...start, config: { ...start.config, onBuild: [] } }
    const lint = this.linter.enter(stage, base, start.config)
    for (const instruction of instructions) {
      lint(instruction, { variables: variablesOf(state), hasOwnShell: state.config.shell !== null })
      const next = this.#next(stage, state, instruction, drafts)
      state = { ...next, history: [...state.history, historyOf(instruction, state.origin, next.origin)] }
    }
    this.#number(stage, base, drafts)
    this.#done.set(index, state)
    return state
  }

  #start(base: StageBase): StageState {
    if (base.kind === 'stage') return { ...this.stage(base.index), hasOwnCommand: false }
    const fresh = { arguments: new Map<string, string>(), hasOwnCommand: false, history: [] }
    if (base.kind === 'scratch') {
      return { ...fresh, origin: { kind: 'scratch' }, config: emptyConfig(this.#options.platform) }
    }
    const image = this.#image(base)
    // As with BuildKit, so that `ENV PATH=/opt/bin:$PATH` keeps the usual directories.
    const env = { PATH: defaultPath, ...image.config.env }
    const history = (image.history ?? []).map((inherited) => ({ inherited }))
    return { ...fresh, history, origin: originOf(base.reference, image), config: { ...image.config, env } }
  }

  #image(base: StageBase & { kind: 'image' }): Image {
    const image = this.#options.images.get(base.reference)
    if (image === undefined) throw new Error(`The image ${base.reference} was not given to planBuild`)
    return image
  }

  /** ONBUILD of the base: its instructions run first, and are not handed on. */
  #triggers(start: StageState, stage: Stage): StageInstruction[] {
    const source = { path: `ONBUILD of ${stage.from.image}`, lines: start.config.onBuild }
    const escapeChar = this.#dockerfile.directives.escape
    return start.config.onBuild
      .map((text, index) => {
        const place = { source, line: index + 1, endLine: index + 1 }
        return parseInstruction({ text, place, heredocs: [] }, escapeChar)
      })
      .filter(isStageInstruction)
  }

  #next(stage: Stage, state: StageState, instruction: StageInstruction, drafts: Draft[]): StageState {
    const escapeChar = this.#dockerfile.directives.escape
    const scope = variablesOf(state)
    const expand = expander(scope, escapeChar)
    const changed = applyToConfig(state, instruction, expand)
    if (changed !== undefined) return changed
    if (instruction.keyword === 'ARG') {
      const values = declared(instruction, this.#options.arguments, this.#globals, scope, escapeChar)
      const added = values.map(({ name, value }) => [name, value] as const)
      return { ...state, arguments: new Map([...state.arguments, ...added]) }
    }

    const { action, config } = this.#action(stage, state, instruction, expand)
    const next = { ...state, config }
    if (action === null) return next
    drafts.push({ place: instruction.place, text: instruction.text, parent: state.origin, action })
    return { ...next, origin: { kind: 'step', id: stepId(stage, drafts.length) } }
  }

  #action(
    stage: Stage,
    state: StageState,
    instruction: StageInstruction,
    expand: ReturnType<typeof expander>,
  ) {
    const { config } = state
    switch (instruction.keyword) {
      case 'RUN': {
        const environment = Object.fromEntries(variablesOf(state))
        const proxies = proxyEnvironment(this.#options.arguments)
        return { action: planRun(instruction, config, environment, proxies), config }
      }
      case 'COPY':
      case 'ADD': {
        const from =
          instruction.from === null ? null : this.#copyOrigin(stage, instruction.from, instruction.place)
        return { action: planCopy(instruction, config, expand, from, this.#index), config }
      }
      case 'WORKDIR':
        return planWorkdir(instruction, config, expand)
      default:
        throw new Error(`${instruction.keyword} makes no step`)
    }
  }

  #copyOrigin(stage: Stage, from: string, place: PlannedStep['place']): Origin {
    const base = copySource(this.#dockerfile, stage, from, place)
    if (base.kind === 'stage') return this.stage(base.index).origin
    if (base.kind === 'scratch') return base
    if (!this.#options.images.has(base.reference)) throw unnamedImage(stage, base.reference)
    return originOf(base.reference, this.#image(base))
  }

  /** Titles as BuildKit has them; the FROM line of an image counts as the first step. */
  #number(stage: Stage, base: StageBase, drafts: readonly Draft[]): void {
    const first = base.kind === 'image' ? 1 : 0
    const total = drafts.length + first
    const several = this.#dockerfile.stages.length > 1
    const prefix = several ? `${stage.name ?? `stage-${stage.index}`} ` : ''
    const title = (number: number, text: string) => `[${prefix}${number}/${total}] ${text}`
    if (base.kind === 'image') {
      this.bases.push({ id: stepId(stage, 0), title: title(1, `FROM ${base.reference}`) })
    }
    const steps = drafts.map(({ place, text, parent, action }, index) => ({
      id: stepId(stage, index + 1),
      title: title(index + 1 + first, text.length > 300 ? `${text.slice(0, 299)}…` : text),
      place,
      parent,
      inputs: action.kind === 'copy-from' ? [action.from] : [],
      action,
      definitionKey: definitionKey(action),
    }))
    this.steps.push(...steps)
  }
}

function historyOf({ text }: StageInstruction, before: Origin, after: Origin): PlannedHistory {
  return { createdBy: text, step: after !== before && after.kind === 'step' ? after.id : null }
}

function originOf(reference: string, image: Image): Origin {
  return { kind: 'image', reference, layers: image.layers }
}

/** `neededImages` sees what the Dockerfile says; what the triggers of a base image want shows only once that is found. */
function unnamedImage({ from }: Stage, reference: string): Error {
  return buildError['BUILD.UNSUPPORTED']({
    place: from.place,
    what: `ONBUILD instructions that copy from an image which the Dockerfile does not name (${quoted(reference)})`,
    instead: 'Start from an image without that instruction, and copy from the other image in the Dockerfile.',
  })
}

function stepId(stage: Stage, number: number): string {
  return `${stage.index}.${number}`
}
