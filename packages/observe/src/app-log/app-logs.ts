import { rm } from 'node:fs/promises'
import { type AppLog, type AppLogLimits, openAppLog } from './app-log.ts'
import type { AppLogLine, AppLogQuery, LogFilter, LogPage, LogPageQuery } from './app-log-line.ts'
import { logMatcher } from './log-filter.ts'
import type { LogMark, NewLogLine } from './log-record.ts'
import { linesAfter, linesBefore } from './read-log-lines.ts'
import type { Segment } from './segments.ts'

/**
 * The logs of all apps: one writer, any number of readers. Promises:
 * - A reader holds a place in the log and one piece of it, never a queue: however slow, it costs the same and slows nobody.
 *   What goes while it is far behind is left out; its lines' numbers show how much.
 * - A page is looked for in bounded time. Where that was not enough, it says where to look on.
 */
export interface AppLogs {
  /** False: the disk did not take it. */
  append(appId: string, lines: readonly NewLogLine[], marks?: readonly LogMark[]): boolean
  marks(appId: string): ReadonlyMap<string, string>
  /** What is before a line, behind one, or at the end. Oldest first. */
  page(appId: string, query: LogPageQuery, signal: AbortSignal): Promise<LogPage>
  /**
   * The last `tail` lines or those after a number, then, where asked for, whatever comes. @throws LOG.BAD_PATTERN, before
   * anything is read
   */
  follow(
    appId: string,
    query: Omit<AppLogQuery, 'signal'>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<AppLogLine>>
  /** At most so many lines after a number, and how many were there that are gone. Waits until there is one. */
  next(appId: string, after: number, most: LogBatchLimits, signal: AbortSignal): Promise<LogBatch>
  /** Of the line that comes next. */
  nextNumber(appId: string): number
  /** Whether somebody waits for new lines of it. */
  isFollowed(appId: string): boolean
  prune(now?: number): void
  remove(appId: string): Promise<void>
  close(): Promise<void>
}

export type LogBatchLimits = { lines: number; bytes: number }
export type LogBatch = { lines: AppLogLine[]; lost: number }

export type SearchLimits = { pageMs: number; pageBytes: number; atOnce: number }

const searchLimits: SearchLimits = { pageMs: 3_000, pageBytes: 1024 * 1024, atOnce: 4 }

export function openAppLogs(
  directory: string,
  options: AppLogLimits & { report(doing: string, error: unknown): void; search?: SearchLimits },
): AppLogs {
  const logs = new Map<string, { log: AppLog; waiting: Set<() => void> }>()
  const search = options.search ?? searchLimits
  const turn = turns(search.atOnce)

  function entry(appId: string) {
    const known = logs.get(appId)
    if (known !== undefined) return known
    const opened = {
      log: openAppLog(`${directory}/${appId}`, options, options.report),
      waiting: new Set<() => void>(),
    }
    logs.set(appId, opened)
    return opened
  }

  async function page(appId: string, query: LogPageQuery, signal: AbortSignal): Promise<LogPage> {
    const wanted = await logMatcher(query.filter)
    const giveBack = await turn(signal)
    try {
      const look = query.after === null ? lookBack : lookOn
      return await look(entry(appId).log, { ...query, wanted }, search, signal)
    } finally {
      giveBack()
    }
  }

  /** Behind which line the last `tail` of those wanted begin, as far back as one request may look. */
  async function beforeTail(
    appId: string,
    { end, tail, filter }: Tail,
    signal: AbortSignal,
  ): Promise<number> {
    const until = Date.now() + 3 * search.pageMs
    let [found, first] = [0, end + 1]
    let before: number | null = end + 1
    while (found < tail && before !== null && Date.now() < until && !signal.aborted) {
      const older: LogPage = await page(
        appId,
        { before, after: null, limit: Math.min(tail - found, 1_000), filter },
        signal,
      )
      found += older.lines.length
      first = older.lines[0]?.number ?? first
      before = older.before
    }
    return first - 1
  }

  async function* matching(
    appId: string,
    query: Omit<AppLogQuery, 'signal'> & { wanted(line: AppLogLine): boolean },
    signal: AbortSignal,
  ): AsyncIterable<AppLogLine> {
    const { follow: goesOn, tail, after, filter, wanted } = query
    const end = entry(appId).log.nextNumber() - 1
    const place = after ?? (await beforeTail(appId, { end, tail, filter }, signal))
    const untilMs = filter.until === null ? null : Date.parse(filter.until)
    const lines = linesUntil(appId, { after: place, last: goesOn ? null : end, untilMs }, signal)
    for await (const line of lines) if (wanted(line)) yield line
  }

  /** `last` null: those that come, too. */
  async function* linesUntil(
    appId: string,
    { after, last, untilMs }: { after: number; last: number | null; untilMs: number | null },
    signal: AbortSignal,
  ): AsyncIterable<AppLogLine> {
    if (last !== null && after >= last) return
    const isOver = isBehind(last, untilMs)
    for await (const line of linesFrom(appId, after, untilTime(untilMs, signal))) {
      if (isOver(line)) return
      yield line
      if (line.number === last) return
    }
  }

  /** Those behind a number that are there and those that come, until the signal is aborted. */
  async function* linesFrom(appId: string, after: number, signal: AbortSignal): AsyncIterable<AppLogLine> {
    let place = after
    while (!signal.aborted) {
      const { lines, lost } = await next(appId, place, followed, signal)
      yield* lines
      place = lines.at(-1)?.number ?? place + lost
    }
  }

  async function next(
    appId: string,
    after: number,
    most: LogBatchLimits,
    signal: AbortSignal,
  ): Promise<LogBatch> {
    const { log, waiting } = entry(appId)
    while (!signal.aborted && log.nextNumber() <= after + 1) await change(waiting, signal)
    if (signal.aborted) return { lines: [], lost: 0 }
    for (const segment of segmentsFrom(log, after + 1)) {
      const lines = await upTo(most, linesAfter(segment, after))
      if (lines[0] !== undefined) return { lines, lost: lines[0].number - after - 1 }
    }
    return { lines: [], lost: log.nextNumber() - after - 1 }
  }

  return {
    append(appId, lines, marks) {
      const { log, waiting } = entry(appId)
      const written = log.append(lines, marks)
      if (written && lines.length > 0) for (const wake of waiting) wake()
      return written
    },
    marks: (appId) => entry(appId).log.marks,
    page,
    follow: async (appId, query, signal) =>
      matching(appId, { ...query, wanted: await logMatcher(query.filter) }, signal),
    next,
    nextNumber: (appId) => entry(appId).log.nextNumber(),
    isFollowed: (appId) => (logs.get(appId)?.waiting.size ?? 0) > 0,
    prune(now = Date.now()) {
      for (const { log } of logs.values()) log.prune(now)
    },
    async remove(appId) {
      const known = logs.get(appId)
      logs.delete(appId)
      await known?.log.settled()
      await rm(`${directory}/${appId}`, { recursive: true, force: true })
    },
    async close() {
      await Promise.all([...logs.values()].map(({ log }) => log.settled()))
    },
  }
}

type Tail = { end: number; tail: number; filter: LogFilter }

/** What a follower has of a log at a time. */
const followed: LogBatchLimits = { lines: 1_000, bytes: 1024 * 1024 }

async function lookBack(
  log: AppLog,
  { before, limit, filter, wanted }: LogPageQuery & { wanted(line: AppLogLine): boolean },
  { pageMs, pageBytes }: SearchLimits,
  signal: AbortSignal,
): Promise<LogPage> {
  const deadline = Date.now() + pageMs
  const sinceMs = filter.since === null ? null : Date.parse(filter.since)
  const lines: AppLogLine[] = []
  let bytes = 0
  const isEnough = () =>
    lines.length >= limit || bytes >= pageBytes || Date.now() > deadline || signal.aborted
  for await (const line of backFrom(
    log,
    Math.min(before ?? Number.POSITIVE_INFINITY, log.nextNumber()),
    sinceMs,
  )) {
    if (isEnough()) return { lines: lines.reverse(), before: line.number + 1, after: null }
    if (!wanted(line)) continue
    lines.push(line)
    bytes += line.text.length
  }
  return { lines: lines.reverse(), before: null, after: null }
}

async function lookOn(
  log: AppLog,
  { after, limit, filter, wanted }: LogPageQuery & { wanted(line: AppLogLine): boolean },
  { pageMs, pageBytes }: SearchLimits,
  signal: AbortSignal,
): Promise<LogPage> {
  const deadline = Date.now() + pageMs
  const isOver = isBehind(null, filter.until === null ? null : Date.parse(filter.until))
  const lines: AppLogLine[] = []
  let bytes = 0
  const isEnough = () =>
    lines.length >= limit || bytes >= pageBytes || Date.now() > deadline || signal.aborted
  for await (const line of onFrom(log, after ?? 0)) {
    if (isOver(line)) break
    if (isEnough()) return { lines, before: null, after: line.number - 1 }
    if (!wanted(line)) continue
    lines.push(line)
    bytes += line.text.length
  }
  return { lines, before: null, after: null }
}

async function* onFrom(log: AppLog, after: number): AsyncIterable<AppLogLine> {
  for (const segment of segmentsFrom(log, after + 1)) yield* linesAfter(segment, after)
}

/** Newest first, of the pieces that hold something since then. */
async function* backFrom(log: AppLog, before: number, sinceMs: number | null): AsyncIterable<AppLogLine> {
  const pieces = log.segments().filter(({ first }) => first < before)
  for (const segment of pieces.reverse()) {
    if (sinceMs !== null && segment.newestMs < sinceMs) return
    yield* linesBefore(segment, before)
  }
}

/** What comes after the last line, or later than a time. */
function isBehind(end: number | null, untilMs: number | null): (line: AppLogLine) => boolean {
  return ({ number, at }) => (end !== null && number > end) || (untilMs !== null && Date.parse(at) > untilMs)
}

async function upTo(most: LogBatchLimits, source: AsyncIterable<AppLogLine>): Promise<AppLogLine[]> {
  const lines: AppLogLine[] = []
  let bytes = 0
  for await (const line of source) {
    lines.push(line)
    bytes += line.text.length
    if (lines.length >= most.lines || bytes >= most.bytes) break
  }
  return lines
}

function segmentsFrom(log: AppLog, number: number): Segment[] {
  const all = log.segments()
  return all.filter((_, index) => (all[index + 1]?.first ?? Number.POSITIVE_INFINITY) > number)
}

/** Resolves at the next change, or when the signal is aborted. */
function change(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      waiting.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    waiting.add(done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}

/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1

function untilTime(untilMs: number | null, signal: AbortSignal): AbortSignal {
  if (untilMs === null) return signal
  const leftMs = Math.min(Math.max(0, untilMs - Date.now()) + 1_000, longestTimerMs)
  return AbortSignal.any([signal, AbortSignal.timeout(leftMs)])
}

/** At most so many at once; the others wait. */
function turns(atOnce: number): (signal: AbortSignal) => Promise<() => void> {
  const waiting: (() => void)[] = []
  let busy = 0
  const giveBack = () => {
    busy -= 1
    waiting.shift()?.()
  }
  return async (signal) => {
    while (busy >= atOnce && !signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve))
    busy += 1
    return giveBack
  }
}
