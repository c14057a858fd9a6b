/**
 * A stream for as long as whoever opened it may have it: a member who is removed, a token that is revoked and a session
 * that is ended hear no more of it within `everyMs`. What ends it is thrown. `stop` is called at its end, however it comes,
 * so that a source that waits for its next item does not wait on.
 */
export async function* whileAllowed<Item>(
  source: AsyncIterable<Item>,
  assertAllowed: () => Promise<void>,
  { everyMs, stop }: { everyMs: number; stop: () => void },
): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]()
  const watch = watched(assertAllowed, everyMs)
  try {
    while (true) {
      const next = iterator.next()
      // It may be the one that is not waited for any more.
      next.catch(() => undefined)
      const item = await Promise.race([next, watch.refused])
      if (item.done) return
      yield item.value
    }
  } finally {
    watch.end()
    stop()
    // Not waited for: it may be waiting itself.
    void iterator.return?.().catch(() => undefined)
  }
}

/** `refused` is rejected by the first look that is; one that cannot be taken (the database is away) is taken again. */
function watched(assertAllowed: () => Promise<void>, everyMs: number) {
  const refused = Promise.withResolvers<never>()
  refused.promise.catch(() => undefined)
  let looking = false
  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    try {
      await assertAllowed()
    } catch (error) {
      if (!isRetryable(error)) refused.reject(error)
    } finally {
      looking = false
    }
  }, everyMs)
  return { refused: refused.promise, end: () => clearInterval(timer) }
}

function isRetryable(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true
}
