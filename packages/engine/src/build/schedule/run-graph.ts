/**
 * Does what depends on one another, as much of it side by side as `limit` allows, earlier ones first. The first failure
 * ends the others, by `signal`, and is what is thrown; nothing runs any more then.
 */
export async function runGraph(options: {
  /** Every one stands after those it needs. */
  ids: readonly string[]
  /** What is not among `ids` counts as done. */
  needs: (id: string) => readonly string[]
  limit: number
  signal: AbortSignal
  work: (id: string, signal: AbortSignal) => Promise<void>
}): Promise<void> {
  const { ids, needs, limit, work } = options
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const unfinished = new Set(ids)
  const running = new Map<string, Promise<void>>()
  const failures: unknown[] = []

  const start = async (id: string) => {
    try {
      await work(id, signal)
      unfinished.delete(id)
    } catch (error) {
      failures.push(error)
      stop.abort(new Error('Another step failed.'))
    } finally {
      running.delete(id)
    }
  }
  const isReady = (id: string) => !running.has(id) && needs(id).every((need) => !unfinished.has(need))
  const startReady = () => {
    for (const id of unfinished) if (running.size < limit && isReady(id)) running.set(id, start(id))
  }

  for (startReady(); running.size > 0; ) {
    await Promise.race(running.values())
    if (failures.length === 0) startReady()
  }
  if (failures.length > 0) throw failures[0]
}
