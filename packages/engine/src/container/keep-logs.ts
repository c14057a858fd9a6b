import { keepWritten, type LogBounds, type LogFile, logPieces } from './log-files.ts'

/**
 * Looks after the logs of running containers, so that no file of theirs is thrown away that may be kept. A log that
 * grows slowly is looked at when everything is; one that grows fast as often as it takes, which the last look tells.
 */
export type LogKeeper = {
  /** Looks now, and again by itself while it grows fast. */
  look(path: string, bounds: LogBounds): Promise<void>
  forget(path: string): void
  close(): void
}

/** How often everything is looked at anyway: watch-exits.ts. */
const seldomMs = 2_000
/** After a start, of which nobody knows yet how much it prints. */
const soonMs = 100
const leastMs = 10

type Seen = { file: LogFile; atMs: number }

/** A look under way. What it finds of a log that is forgotten meanwhile is forgotten too. */
type Look = { over: Promise<void>; forgotten: boolean }

export function logKeeper(): LogKeeper {
  const seen = new Map<string, Seen>()
  const timers = new Map<string, NodeJS.Timeout>()
  const looking = new Map<string, Look>()
  let closed = false

  const lookNow = async (path: string, bounds: LogBounds) => {
    const file = await keepWritten(path, bounds)
    if (looking.get(path)?.forgotten) return
    const [before, now] = [seen.get(path), file && { file, atMs: performance.now() }]
    if (now === undefined) return
    seen.set(path, now)
    const waitMs = nextLookMs(before, now, logPieces(bounds).fillBytes)
    clearTimeout(timers.get(path))
    if (closed || waitMs >= seldomMs) return
    timers.set(path, setTimeout(() => void look(path, bounds).catch(report), waitMs).unref())
  }
  const look = (path: string, bounds: LogBounds): Promise<void> => {
    const under = looking.get(path)
    if (under !== undefined) return under.over
    const over = lookNow(path, bounds).finally(() => looking.delete(path))
    looking.set(path, { over, forgotten: false })
    return over
  }
  const forget = (path: string) => {
    const under = looking.get(path)
    if (under !== undefined) under.forgotten = true
    clearTimeout(timers.get(path))
    timers.delete(path)
    seen.delete(path)
  }
  return {
    look,
    forget,
    close() {
      closed = true
      for (const path of timers.keys()) forget(path)
    },
  }
}

/** When a quarter more of a file will have come, if it goes on as since the look before; a new file was a whole one at least. */
export function nextLookMs(before: Seen | undefined, now: Seen, fillBytes: number): number {
  if (before === undefined) return soonMs
  const isNew = before.file.inode !== now.file.inode
  const grown = isNew ? fillBytes : now.file.sizeBytes - before.file.sizeBytes
  if (grown <= 0) return seldomMs
  return Math.max(leastMs, ((now.atMs - before.atMs) * fillBytes) / 4 / grown)
}

function report(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'BerthContainers')
}
