/** Work that nobody waits for, but the end of the process does. What fails is only told to the log. */
export type Afterwards = {
  add(what: string, work: (signal: AbortSignal) => Promise<void>): void
  /** Calls off what is still under way and waits for it. */
  close(): Promise<void>
}

export function openAfterwards(log: (line: string) => void): Afterwards {
  const running = new Set<Promise<void>>()
  const end = new AbortController()
  return {
    add(what, work) {
      const done = work(end.signal)
        .catch((error) => {
          if (!end.signal.aborted) log(`${what}: ${String(error)}`)
        })
        .finally(() => running.delete(done))
      running.add(done)
    },
    async close() {
      end.abort()
      await Promise.all(running)
    },
  }
}
