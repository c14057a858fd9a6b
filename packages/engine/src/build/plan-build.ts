import type { BuildWarning } from '@berth/domain'
import type { Variables } from '../dockerfile/expand-words.ts'
import type { Dockerfile, RunInstruction, Stage, StageInstruction } from '../dockerfile/instruction.ts'
import { fail } from '../dockerfile/line-parts.ts'
import { type Linter, openLinter } from '../dockerfile/lint/linter.ts'
import { quoted } from '../dockerfile/source-text.ts'
import { syntaxWarning } from '../dockerfile/syntax-directive.ts'
import type { Image } from '../engine.ts'
import { defaultPath } from '../store/image-config.ts'
import {
  type ArgumentOptions,
  declared,
  globalVariables,
  isVariable,
  proxyEnvironment,
  sourceDate,
  unaskedArguments,
  unusedArguments,
} from './build-arguments.ts'
import { type BuildContext, type ContextIndex, indexContext } from './context.ts'
import { definitionKey } from './definition-key.ts'
import { readSource, type StageBase, stageBase, targetStage } from './find-stages.ts'
import { historyEntry } from './history-entry.ts'
import { onbuildTriggers } from './onbuild-triggers.ts'
import type { BuildPlan, Origin, PlannedStep, StepAction } from './plan.ts'
import { planCopy } from './plan-copy.ts'
import { mountedRoots, planMounts } from './plan-mounts.ts'
import { planRun, planWorkdir } from './plan-step.ts'
import {
  applyToConfig,
  type Expander,
  emptyConfig,
  expander,
  extended,
  ports,
  type StageState,
} from './stage-state.ts'

/**
 * Dockerfile + arguments + base images + context → the steps of a build, and the configuration that results. Pure: it
 * looks at values only. `neededImages` says which images must be given.
 */
export type PlanOptions = ArgumentOptions & {
  labels: Readonly<Record<string, string>>
  /** By the reference that `neededImages` returned. */
  images: ReadonlyMap<string, Image>
  context: BuildContext
}

/** @throws BUILD.SYNTAX, BUILD.UNSUPPORTED, BUILD.TARGET_NOT_FOUND, BUILD.SOURCE_NOT_FOUND */
export function planBuild(dockerfile: Dockerfile, options: PlanOptions): BuildPlan {
  const target = targetStage(dockerfile, options.target)
  const planner = new Planner(dockerfile, options)
  const state = planner.stage(target.index)
  const unaskedArguments = planner.checkArguments()
  return {
    steps: planner.steps,
    bases: planner.bases,
    result: state.origin,
    config: { ...state.config, labels: { ...state.config.labels, ...options.labels } },
    history: state.history,
    sourceDate: planner.sourceDate,
    warnings: [...planner.warnings, ...planner.linter.warnings()],
    unaskedArguments,
  }
}

/** Of a history; an entry repeats all arguments in scope. */
const longestEntry = 32 * 1024
/** Named by all EXPOSE together: three protocols of every port. */
const mostPortsNamed = 3 * 65_535

type Draft = { place: PlannedStep['place']; text: string; parent: Origin; action: StepAction }

/** What an instruction did: `action` null where it makes no step. */
type Outcome = { state: StageState; action: StepAction | null }

/** Goes through a stage when it is asked for, so that stages that nobody needs are never looked at. */
class Planner {
  readonly steps: PlannedStep[] = []
  readonly bases: { id: string; title: string }[] = []
  readonly warnings: BuildWarning[] = []
  readonly linter: Linter
  readonly sourceDate: Date | null
  readonly #dockerfile: Dockerfile
  readonly #options: PlanOptions
  readonly #index: ContextIndex
  readonly #globals: Variables
  readonly #done = new Map<number, StageState>()
  #portsNamed = 0

  constructor(dockerfile: Dockerfile, options: PlanOptions) {
    this.#dockerfile = dockerfile
    this.#options = options
    this.#index = indexContext(options.context)
    this.#globals = globalVariables(dockerfile, options)
    this.linter = openLinter(dockerfile, { ...options, index: this.#index })
    const date = sourceDate(options.arguments, this.#globals)
    this.sourceDate = date ?? null
    this.#warn(syntaxWarning(dockerfile.directives))
    if (date === undefined)
      this.#warn('SOURCE_DATE_EPOCH is not a number of seconds, and means nothing here.')
  }

  /** Once all stages that are needed were gone through. Names whose values do not count. */
  checkArguments(): string[] {
    const { globalArguments, stages } = this.#dockerfile
    const written = [...globalArguments, ...stages.flatMap((stage) => stage.instructions)]
    const names = written.flatMap((each) =>
      each.keyword === 'ARG' ? each.declarations.map(({ name }) => name) : [],
    )
    const inTriggers = [...this.#done.values()].flatMap((state) => [...state.declared.keys()])
    const given = this.#options.arguments
    const declaredNames = new Set([...names, ...inTriggers])
    const unused = unusedArguments(given, declaredNames)
    if (unused.length > 0)
      this.#warn(`Given, but declared by no ARG: ${unused.slice(0, 20).map(quoted).join(', ')}.`)
    return unaskedArguments(this.#dockerfile, given, declaredNames)
  }

  #warn(text: string | undefined): void {
    if (text !== undefined) this.warnings.push({ text })
  }

  /** Stages refer to earlier ones only, so this ends. */
  stage(index: number): StageState {
    const known = this.#done.get(index)
    if (known !== undefined) return known
    const stage = this.#dockerfile.stages[index] as Stage
    const globals = expander(this.#globals, this.#escape)
    const base = stageBase(this.#dockerfile, stage, globals, this.#options.platform)
    const start = this.#start(base)
    const triggers = onbuildTriggers(stage, start.config.onBuild)

    const drafts: Draft[] = []
    let state: StageState = { ...start, config: { ...start.config, onBuild: [] } }
    const lint = this.linter.enter(stage, base, start.config)
    for (const instruction of [...triggers, ...stage.instructions]) {
      lint(instruction, { variables: state.variables, hasOwnShell: state.config.shell !== null })
      state = this.#carried(stage, state, instruction, drafts)
    }
    this.#number(stage, base, drafts)
    this.#done.set(index, state)
    return state
  }

  get #escape() {
    return this.#dockerfile.directives.escape
  }

  #start(base: StageBase): StageState {
    if (base.kind === 'stage') {
      const below = this.stage(base.index)
      // A stage begins with ENV, as an image does: what an ARG after it gave the name counted in the stage below alone.
      const variables = new Map([...below.variables, ...Object.entries(below.config.env)])
      return { ...below, variables, hasOwnCommand: false }
    }
    const fresh = { declared: new Map(), hasOwnCommand: false, history: [] }
    if (base.kind === 'scratch') {
      const config = emptyConfig(this.#options.platform)
      return { ...fresh, origin: { kind: 'scratch' }, config, variables: new Map(Object.entries(config.env)) }
    }
    const image = this.#image(base.reference)
    // As with BuildKit, so that `ENV PATH=/opt/bin:$PATH` keeps the usual directories.
    const env = { PATH: defaultPath, ...image.config.env }
    const history = (image.history ?? []).map((inherited) => ({ inherited }))
    const config = { ...image.config, env }
    const origin = originOf(base.reference, image)
    return { ...fresh, history, origin, config, variables: new Map(Object.entries(env)) }
  }

  #image(reference: string): Image {
    const image = this.#options.images.get(reference)
    if (image === undefined) throw new Error(`The image ${reference} was not given to planBuild`)
    return image
  }

  /** One instruction further; what makes a step is added to the drafts. */
  #carried(stage: Stage, state: StageState, instruction: StageInstruction, drafts: Draft[]): StageState {
    const expand = expander(state.variables, this.#escape)
    const { state: next, action } = this.#outcome(stage, state, instruction, expand)
    if (action !== null) {
      const mark = stage.instructions.includes(instruction) ? '' : 'ONBUILD '
      drafts.push({
        place: instruction.place,
        text: mark + instruction.text,
        parent: state.origin,
        action,
      })
    }
    const step = action === null ? null : stepId(stage, drafts.length)
    this.#countPorts(instruction, expand)
    const createdBy =
      historyEntry({ instruction, expand, after: next, action })?.slice(0, longestEntry) ?? null
    return {
      ...next,
      origin: step === null ? next.origin : { kind: 'step', id: step },
      history: createdBy === null ? next.history : [...next.history, { createdBy, step }],
    }
  }

  /** A line of a few characters names 65,535 ports. */
  #countPorts(instruction: StageInstruction, expand: Expander): void {
    if (instruction.keyword !== 'EXPOSE') return
    const { place } = instruction
    this.#portsNamed += ports(expand.many(instruction.ports, place), place).length
    if (this.#portsNamed > mostPortsNamed)
      fail(place, `EXPOSE names more than ${mostPortsNamed} ports in all.`)
  }

  #outcome(stage: Stage, state: StageState, instruction: StageInstruction, expand: Expander): Outcome {
    const { config } = state
    const origin = (from: string) => this.#readOrigin(stage, from, instruction.place)
    switch (instruction.keyword) {
      case 'ARG':
        return { state: this.#declare(state, instruction), action: null }
      case 'RUN':
        return { state, action: this.#run(state, instruction, { expand, origin }) }
      case 'COPY':
      case 'ADD': {
        const from = instruction.from === null ? null : origin(instruction.from)
        return { state, action: planCopy(instruction, { config, expand, index: this.#index, from }) }
      }
      case 'WORKDIR': {
        const planned = planWorkdir(instruction, config, expand)
        return { state: { ...state, config: planned.config }, action: planned.action }
      }
      default:
        return { state: applyToConfig(state, instruction, expand), action: null }
    }
  }

  #declare(state: StageState, instruction: StageInstruction & { keyword: 'ARG' }): StageState {
    const { variables } = state
    const given = this.#options.arguments
    const scope = { given, globals: this.#globals, variables, escapeChar: this.#escape }
    const values = declared(instruction, scope)
    const seen = values.flatMap(({ name, value }) =>
      value === null || !isVariable(name) ? [] : [[name, value] as const],
    )
    return {
      ...state,
      variables: extended(variables, seen, instruction.place),
      declared: new Map([...state.declared, ...values.map(({ name, value }) => [name, value] as const)]),
    }
  }

  #run(
    { config, variables }: StageState,
    instruction: RunInstruction,
    { expand, origin }: { expand: Expander; origin(from: string): Origin },
  ): StepAction {
    const given = this.#options.arguments
    const mounts = planMounts(instruction.mounts, {
      config,
      expand,
      origin,
      index: this.#index,
      place: instruction.place,
      cacheNamespace: given.BUILDKIT_CACHE_MOUNT_NS ?? '',
    })
    const env = Object.fromEntries(variables)
    return planRun(instruction, { config, env, unkeyedEnv: proxyEnvironment(given), mounts })
  }

  #readOrigin(stage: Stage, from: string, place: PlannedStep['place']): Origin {
    const base = readSource(this.#dockerfile, stage, from, place)
    if (base.kind === 'stage') return this.stage(base.index).origin
    return base.kind === 'scratch' ? base : originOf(base.reference, this.#image(base.reference))
  }

  /** Titles as BuildKit has them; the FROM line of an image counts as the first step. */
  #number(stage: Stage, base: StageBase, drafts: readonly Draft[]): void {
    const first = base.kind === 'image' ? 1 : 0
    const total = drafts.length + first
    const several = this.#dockerfile.stages.length > 1
    const prefix = several ? `${stage.name ?? `stage-${stage.index}`} ` : ''
    const numbered = (number: number, text: string) => `[${prefix}${number}/${total}] ${text}`
    if (base.kind === 'image') {
      this.bases.push({ id: stepId(stage, 0), title: numbered(1, `FROM ${base.reference}`) })
    }
    const steps = drafts.map(({ place, text, parent, action }, index) => ({
      id: stepId(stage, index + 1),
      title: numbered(index + 1 + first, text.length > 300 ? `${text.slice(0, 299)}…` : text),
      place,
      parent,
      inputs: inputsOf(action),
      action,
      definitionKey: definitionKey(action),
    }))
    this.steps.push(...steps)
  }
}

function inputsOf(action: StepAction): Origin[] {
  if (action.kind === 'copy-from') return [action.from]
  return action.kind === 'run' ? mountedRoots(action.mounts) : []
}

function originOf(reference: string, image: Image): Origin {
  return { kind: 'image', reference, layers: image.layers }
}

function stepId(stage: Stage, number: number): string {
  return `${stage.index}.${number}`
}
