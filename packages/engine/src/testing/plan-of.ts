import { isBerthError } from '@berth/domain'
import type { BuildPlan, RunAction } from '../build/plan.ts'
import type { PlanOptions } from '../build/plan-build.ts'
import { planBuild } from '../build/plan-build.ts'
import { emptyConfig } from '../build/stage-state.ts'
import { parseIgnoreFile } from '../dockerfile/ignore-file.ts'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import type { Image, ImageConfig } from '../engine.ts'

/** Dockerfiles planned from a few words, for tests. */
export const testPlatform = { os: 'linux', architecture: 'amd64' }

export function testImage(config: Partial<ImageConfig> = {}, ...layers: string[]): Image {
  return {
    digest: 'sha256:0',
    config: { ...emptyConfig(testPlatform), ...config },
    layers: layers.length > 0 ? layers : ['base'],
    createdAt: new Date(0),
  }
}

export type Given = {
  arguments?: Record<string, string>
  target?: string
  labels?: Record<string, string>
  /** Besides `base`. */
  images?: Record<string, Image>
  /** Path → content id; `path*` is executable, `path -> target` a link. */
  files?: Record<string, string>
  ignore?: string
}

function optionsOf(given: Given): PlanOptions {
  const filter = parseIgnoreFile('.dockerignore', given.ignore ?? '')
  const links = new Map<string, string>()
  const entries = Object.entries(given.files ?? {}).map(([name, contentId]) => {
    const [path = '', target] = name.replace('*', '').split(' -> ')
    if (target !== undefined) links.set(path, target)
    const kind = target === undefined ? ('file' as const) : ('link' as const)
    return { path, kind, executable: name.endsWith('*'), contentId, sizeBytes: 1 }
  })
  return {
    target: given.target ?? null,
    arguments: given.arguments ?? {},
    labels: given.labels ?? {},
    platform: testPlatform,
    images: new Map(Object.entries({ base: testImage(), ...given.images })),
    context: {
      entries: entries.filter(({ path }) => !filter.ignores(path)),
      links,
      ignored: new Set(entries.map(({ path }) => path).filter(filter.ignores)),
    },
  }
}

export function planOf(text: string, given: Given = {}): BuildPlan {
  return planBuild(parseDockerfile('Dockerfile', text), optionsOf(given))
}

export const titles = (plan: BuildPlan) => plan.steps.map((step) => step.title)
export const actionOf = (plan: BuildPlan, index = 0) => plan.steps[index]?.action
export const keyOf = (plan: BuildPlan, index = 0) => plan.steps[index]?.definitionKey

/** The one RUN of a plan. */
export function runOf(text: string, given: Given = {}): RunAction {
  const runs = planOf(text, given).steps.flatMap(({ action }) => (action.kind === 'run' ? [action] : []))
  if (runs[0] === undefined || runs.length > 1) throw new Error(`The plan has ${runs.length} RUNs`)
  return runs[0]
}

/** The error that `work` ends with. */
export function refusalOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (isBerthError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

export const codeOf = (work: () => unknown): string => refusalOf(work).code
