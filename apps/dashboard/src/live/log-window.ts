import type { ErrorRecord } from '@berth/domain'
import type { AppLogLine, LogPage } from '@berth/observe'

/** Where one looks at a log: its end, as it grows; around a line; from a moment on. */
export type LogPlace = { kind: 'newest' } | { kind: 'line'; number: number } | { kind: 'at'; at: string }

export type LogWindowState = {
  /** The first lines are on their way. */
  isReading: boolean
  older: 'more' | 'reading' | 'none' | 'full'
  newer: 'more' | 'reading' | 'live'
  /** The line that was looked for. */
  focusLine: number | null
  /** It is not read on by itself: the pattern, say, cannot be. */
  failure: ErrorRecord | null
}

export type LogPageAsked = {
  before: number | null
  after: number | null
  until: string | null
  limit: number
}

export type LogWindowParts = {
  place: LogPlace
  page: (asked: LogPageAsked) => Promise<LogPage>
  /** What comes behind a line; null: behind the newest. Returns what ends it. */
  follow: (after: number | null, onLines: (lines: readonly AppLogLine[]) => void) => () => void
  append: (lines: readonly AppLogLine[]) => void
  /** False: there is no room for more. */
  prepend: (lines: readonly AppLogLine[]) => boolean
  failureIn: (error: unknown) => ErrorRecord
  onState: (state: LogWindowState) => void
}

export type LogWindow = { older: () => void; newer: () => void; close: () => void }

const pageLines = 300

/**
 * The part of a log that a page shows, and how it grows at both ends: older lines a page at a time, newer ones too, until the
 * end is reached, and from there on as they come. Lines are given on in order, each once.
 */
export function openLogWindow(parts: LogWindowParts): LogWindow {
  let state: LogWindowState = {
    isReading: true,
    older: 'reading',
    newer: 'reading',
    focusLine: null,
    failure: null,
  }
  let isClosed = false
  let endFollowing = () => {}
  /** What to ask for next, at each end. */
  let [before, after]: [number | null, number | null] = [null, null]

  function tell(change: Partial<LogWindowState>) {
    state = { ...state, ...change }
    if (!isClosed) parts.onState(state)
  }

  async function unlessFailed(work: () => Promise<void>) {
    try {
      await work()
    } catch (error) {
      tell({ failure: parts.failureIn(error), isReading: false })
    }
  }

  /** A search may take several pages until it finds something. */
  async function pageWith(asked: Partial<LogPageAsked>): Promise<LogPage> {
    const wanted = { before: null, after: null, until: null, limit: pageLines, ...asked }
    let page = await parts.page(wanted)
    const direction = wanted.after === null ? 'before' : 'after'
    while (!isClosed && page.lines.length === 0 && page[direction] !== null)
      page = await parts.page({ ...wanted, [direction]: page[direction] })
    return page
  }

  function goLive(from: number | null) {
    if (isClosed) return
    tell({ newer: 'live' })
    endFollowing = parts.follow(from, parts.append)
  }

  async function openNewest() {
    const page = await pageWith({})
    if (isClosed) return
    parts.append(page.lines)
    before = page.before
    tell({ isReading: false, older: page.before === null ? 'none' : 'more' })
    goLive(page.lines.at(-1)?.number ?? null)
  }

  /** What was before, and what comes behind. */
  async function openAround(asked: Partial<LogPageAsked>, wanted: number | null) {
    const past = await pageWith(asked)
    const last = wanted ?? past.lines.at(-1)?.number ?? 0
    const next = await pageWith({ after: last })
    if (isClosed) return
    parts.append([...past.lines, ...next.lines])
    before = past.before
    after = next.after
    const focusLine = wanted ?? next.lines[0]?.number ?? past.lines.at(-1)?.number ?? null
    tell({ isReading: false, older: before === null ? 'none' : 'more', newer: 'more', focusLine })
    if (after === null) goLive(next.lines.at(-1)?.number ?? last)
  }

  async function readOlder() {
    tell({ older: 'reading' })
    const page = await pageWith({ before })
    if (isClosed) return
    before = page.before
    const hasRoom = parts.prepend(page.lines)
    tell({ older: !hasRoom ? 'full' : before === null ? 'none' : 'more' })
  }

  async function readNewer() {
    tell({ newer: 'reading' })
    const from = after
    const page = await pageWith({ after })
    if (isClosed) return
    parts.append(page.lines)
    after = page.after
    tell({ newer: 'more' })
    if (after === null) goLive(page.lines.at(-1)?.number ?? from)
  }

  const { place } = parts
  unlessFailed(() => {
    if (place.kind === 'newest') return openNewest()
    if (place.kind === 'line') return openAround({ before: place.number + 1 }, place.number)
    return openAround({ until: place.at }, null)
  })

  return {
    older: () => {
      if (state.older === 'more') unlessFailed(readOlder)
    },
    newer: () => {
      if (state.newer === 'more') unlessFailed(readNewer)
    },
    close: () => {
      isClosed = true
      endFollowing()
    },
  }
}
