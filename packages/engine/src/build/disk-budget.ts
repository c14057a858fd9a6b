/** What a build may still write to the disk, shared by the steps that run side by side. */
export class DiskBudget {
  readonly limitBytes: number
  #bytesLeft: number
  /** Seen in the directories of steps that still run. */
  readonly #inUse = new Map<string, number>()

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
    this.#bytesLeft = limitBytes
  }

  get bytesLeft(): number {
    return this.#bytesLeft
  }

  /** What a running step may have written so far, others being where they were last seen. */
  leftFor(step: string): number {
    let left = this.#bytesLeft
    for (const [other, bytes] of this.#inUse) if (other !== step) left -= bytes
    return left
  }

  seen(step: string, bytes: number): void {
    this.#inUse.set(step, bytes)
  }

  /** The step is over, and what it left behind counts. False: that is too much. */
  spend(step: string, bytes: number): boolean {
    this.#inUse.delete(step)
    this.#bytesLeft -= bytes
    return this.#bytesLeft >= 0
  }
}
