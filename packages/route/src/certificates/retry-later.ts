/** Why it was in vain, and how long it wants to be left alone. */
export class RetryLater extends Error {
  readonly afterMs: number

  constructor(cause: Error, afterMs: number) {
    super(cause.message, { cause })
    this.afterMs = afterMs
  }
}
