import type { IdRange } from './filesystem.ts'

/**
 * One process tree in namespaces and a cgroup of its own, over a mounted root file system: what a build's RUN is, and
 * the part that a container shares with it. Driver: drivers/runc-sandbox.ts.
 *
 * Contract of `runStep`:
 * - The step is gone, with everything it started, when the promise settles: on exit, abort and timeout alike.
 * - What it prints reaches `output` in order, as it comes, whole lines or the rest of one at most `lineBytes` long.
 * - Mount points that had to be made for `mounts` are gone from the upper directory afterwards, unless the step used them.
 * - `outOfMemory` is what the cgroup says, not a guess from the exit code.
 */
export interface Sandbox extends StepRunner {
  /** For steps that have these limits together, besides each its own. */
  together(limits: SharedLimits): StepRunner & {
    /** When none of them runs any more, and none will. */
    end(): Promise<void>
  }
}

export interface StepRunner {
  runStep(step: SandboxStep, output: StepOutput, signal: AbortSignal): Promise<StepExit>
}

export type SharedLimits = Omit<SandboxStep['limits'], 'timeoutMs'>

export type SandboxStep = {
  /** A root made by `FileSystems.mount`. */
  root: string
  range: IdRange
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  workingDirectory: string
  /** `name`, `uid`, `name:group` or `uid:gid`, looked up in the root's own passwd and group files. */
  user: string
  hostname: string
  network: 'bridge' | 'none'
  limits: { memoryBytes: number; cpuWeight: number; pids: number; timeoutMs: number }
  mounts: readonly SandboxMount[]
}

/**
 * Mounted in this order. A bind's source is made by the engine or named by the operator; read-only unless `writable`.
 * What it holds has the ids that the container sees only if the source was mounted for its range.
 */
export type SandboxMount =
  | { kind: 'bind'; source: string; target: string; writable?: boolean }
  | { kind: 'tmpfs'; target: string; sizeBytes: number | null; mode: number }

export type StepOutput = (stream: 'stdout' | 'stderr', text: string) => void

export type StepExit = { code: number; signal: string | null; outOfMemory: boolean; timedOut: boolean }

/** A user as numbers, with the supplementary groups of the root's group file. */
export type ResolvedUser = { uid: number; gid: number; groups: readonly number[]; home: string }
