/** Tells those who wait that something changed. A wait that begins after the telling waits for the next one. */
export type Changes = { next(): Promise<void>; tell(): void }

export function openChanges(): Changes {
  let change = Promise.withResolvers<void>()
  return {
    next: () => change.promise,
    tell: () => {
      change.resolve()
      change = Promise.withResolvers<void>()
    },
  }
}
