/**
 * Gathers what a source yields into arrays: one message for a burst of lines instead of one for each. The first item
 * waits at most `maxWaitMs` for company. Nothing is read ahead but one item: a slow reader slows the source down.
 * Leaving the loop aborts the signal that the source was given.
 */
export async function* inBatches<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  options: { maxItems: number; maxWaitMs: number; signal: AbortSignal | undefined },
): AsyncGenerator<Item[], void> {
  const closing = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal
  const iterator = open(signal)[Symbol.asyncIterator]()
  const upcoming = new Upcoming(iterator)
  try {
    for (;;) {
      const first = await upcoming.take()
      if (first.done) return
      const batch = [first.value]
      const ended = await fill(batch, upcoming, options)
      yield batch
      if (ended) return
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    closing.abort()
    await iterator.return?.()
  }
}

/** True: the source has ended. */
async function fill<Item>(
  batch: Item[],
  upcoming: Upcoming<Item>,
  { maxItems, maxWaitMs }: { maxItems: number; maxWaitMs: number },
): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<'timeout'>()
  const timer = setTimeout(resolve, maxWaitMs, 'timeout')
  try {
    while (batch.length < maxItems) {
      const next = await Promise.race([upcoming.peek(), timeout]).catch(() => 'failed' as const)
      // A failure waits its turn: what came before it is handed out first, and the next take throws it.
      if (next === 'timeout' || next === 'failed') return false
      await upcoming.take()
      if (next.done) return true
      batch.push(next.value)
    }
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** The next item of an iterator, which can be waited for more than once before it is taken. */
class Upcoming<Item> {
  readonly #iterator: AsyncIterator<Item>
  #next: Promise<IteratorResult<Item>> | null = null

  constructor(iterator: AsyncIterator<Item>) {
    this.#iterator = iterator
  }

  peek(): Promise<IteratorResult<Item>> {
    if (this.#next === null) {
      this.#next = this.#iterator.next()
      // Whoever takes it sees the failure; until then it must not count as unhandled.
      this.#next.catch(() => undefined)
    }
    return this.#next
  }

  take(): Promise<IteratorResult<Item>> {
    const next = this.peek()
    this.#next = null
    return next
  }
}
