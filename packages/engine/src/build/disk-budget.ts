import type { BuildLimits, DiskUse } from '../engine.ts'

/** Some ten times what a large front end's dependencies are. */
const defaultFiles = 2_000_000

export type Overspent = 'too many bytes' | 'too many files'

/** What a build may still write to the disk, shared by the steps that run side by side. */
export class DiskBudget {
  readonly limits: DiskUse
  #left: DiskUse
  /** Seen in the directories of steps that still run. */
  readonly #inUse = new Map<string, DiskUse>()

  constructor({ diskBytes, diskFiles = defaultFiles }: Pick<BuildLimits, 'diskBytes' | 'diskFiles'>) {
    this.limits = { bytes: diskBytes, files: diskFiles }
    this.#left = this.limits
  }

  get limitBytes(): number {
    return this.limits.bytes
  }

  get bytesLeft(): number {
    return this.#left.bytes
  }

  /** What a running step may have written so far, others being where they were last seen. */
  leftFor(step: string): DiskUse {
    let left = this.#left
    for (const [other, use] of this.#inUse) if (other !== step) left = without(left, use)
    return left
  }

  seen(step: string, use: DiskUse): void {
    this.#inUse.set(step, use)
  }

  /** The step is over, and what it left behind counts. Null: it may be. */
  spend(step: string, use: DiskUse): Overspent | null {
    this.#inUse.delete(step)
    this.#left = without(this.#left, use)
    if (this.#left.bytes < 0) return 'too many bytes'
    return this.#left.files < 0 ? 'too many files' : null
  }
}

function without(one: DiskUse, other: DiskUse): DiskUse {
  return { bytes: one.bytes - other.bytes, files: one.files - other.files }
}
