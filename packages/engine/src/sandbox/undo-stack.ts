/**
 * The way back, written down on the way: each thing done registers how it is undone, and `run` does that in the opposite
 * order. One that fails does not keep the others from running; the first failure is thrown at the end.
 */
export function undoStack() {
  const undos: (() => Promise<unknown>)[] = []
  return {
    add(undo: () => Promise<unknown>): void {
      undos.push(undo)
    },
    /** What was done stays done. */
    forget(): void {
      undos.length = 0
    },
    async run(): Promise<void> {
      const failures: unknown[] = []
      for (const undo of undos.splice(0).reverse()) {
        await undo().catch((error: unknown) => failures.push(error))
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
