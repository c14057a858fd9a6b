import { mkdir, rm } from 'node:fs/promises'
import type { CommandRunner } from '@berth/command'
import type { BuildRequest } from '../engine.ts'
import type { FileSystems, IdRange, RootMount } from '../filesystem.ts'
import type { StepRunner } from '../sandbox.ts'
import { reached } from '../system/failure-points.ts'
import type { BuildCache } from './build-cache.ts'
import type { CopyMemory } from './copy-memory.ts'
import { dateAll } from './date-all.ts'
import type { DiskBudget } from './disk-budget.ts'
import { dropCopiedUp } from './drop-copied-up.ts'
import { LayeredRoot } from './layered-root.ts'
import type { CacheMounts } from './mounts/cache-mounts.ts'
import type { Origin, PlannedStep, StepAction } from './plan.ts'
import type { Downloads } from './remote/downloads.ts'
import type { StepWarnings } from './step-warnings.ts'
import type { Turns } from './take-turns.ts'

/** What carrying out a step needs besides the step. */
export type StepContext = StepWarnings & {
  fileSystems: FileSystems
  sandbox: StepRunner
  commands: CommandRunner
  range: IdRange
  copies: CopyMemory
  cache: BuildCache
  cacheMounts: CacheMounts
  downloads: Downloads
  request: BuildRequest
  signal: AbortSignal
  /** Milliseconds, as Date.now() counts them. */
  deadline: number
  disk: DiskBudget
  /** The tree is read by one step at a time: its contract. */
  reading: Turns
  /** What the files that COPY, ADD and WORKDIR write are dated; null: now. */
  sourceDate: Date | null
}

export type StepOf<Kind extends StepAction['kind']> = PlannedStep & {
  action: Extract<StepAction, { kind: Kind }>
}

/** What a step stands on, and what else it may read. */
export type Below = { parent: readonly string[]; layersOf: (origin: Origin) => readonly string[] }

type Workspace = { directory: string; mount: RootMount }

export type MadeLayer = { id: string; sizeBytes: number; files: number } | null

/** What is left to do in the upper directory itself. */
export type AfterUnmount = (upper: string) => Promise<void>

/**
 * Lets `work` write into a root made of these layers, and seals what it wrote into a layer. Null: it wrote nothing.
 * Without a range it is the engine that writes, and the source date holds for all of it. Whatever happens, the mount and the directory are gone afterwards.
 */
export async function makeLayer(
  context: StepContext,
  layers: readonly string[],
  range: IdRange | null,
  work: (root: string, directory: string) => Promise<AfterUnmount | undefined>,
): Promise<MadeLayer> {
  return withRoot(context, layers, { range, readOnly: false }, async ({ directory, mount }) => {
    const afterUnmount = await work(mount.root, directory)
    mount.unmount()
    reached('upper unmounted')
    await afterUnmount?.(`${directory}/upper`)
    return sealUpper(context, `${directory}/upper`, layers, range)
  })
}

/** The same without mounting anything: for what only makes files, directories and links. */
export async function makeUnmountedLayer(
  context: StepContext,
  layers: readonly string[],
  work: (root: LayeredRoot, directory: string) => Promise<AfterUnmount | undefined>,
): Promise<MadeLayer> {
  const directory = await context.fileSystems.temporaryDirectory()
  const upper = `${directory}/upper`
  try {
    await mkdir(upper, { mode: 0o755 })
    const root = new LayeredRoot(upper, layers.map(context.fileSystems.layerPath))
    const last = await work(root, directory)
    await last?.(upper)
    return await sealUpper(context, upper, layers, null)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function sealUpper(
  context: StepContext,
  upper: string,
  layers: readonly string[],
  range: IdRange | null,
): Promise<MadeLayer> {
  const { fileSystems, sourceDate } = context
  if (dropCopiedUp(upper, layers.map(fileSystems.layerPath), range)) return null
  if (range === null && sourceDate !== null) await dateAll(upper, sourceDate)
  return fileSystems.seal(upper, range)
}

/** Lets `work` read a root made of these layers. */
export async function readRoot<Result>(
  context: StepContext,
  layers: readonly string[],
  work: (root: string) => Promise<Result>,
): Promise<Result> {
  return withRoot(context, layers, { range: null, readOnly: true }, ({ mount }) => work(mount.root))
}

async function withRoot<Result>(
  { fileSystems }: StepContext,
  layers: readonly string[],
  options: { range: IdRange | null; readOnly: boolean },
  work: (workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const directory = await fileSystems.temporaryDirectory()
  reached('step directory made')
  try {
    const mount = unmountOnce(
      await fileSystems.mount({ layers, directory, ...options, volatile: !options.readOnly }),
    )
    reached('step root mounted')
    try {
      return await work({ directory, mount })
    } finally {
      mount.unmount()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function unmountOnce(mount: RootMount): RootMount {
  let mounted = true
  return {
    root: mount.root,
    unmount() {
      if (!mounted) return
      mounted = false
      mount.unmount()
    },
  }
}
