import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { label } from '@berth/deploy'
import { type Container, type Engine, type LogPlace, logFiles, readLogPiece } from '@berth/engine'
import { type AppLogs, mergeLogLines, type NewLogLine } from '@berth/observe'
import type { Report } from '../parts.ts'
import { type LogOrigin, originOf, parsePlace, printPlace } from './log-origin.ts'
import { takePiece } from './take-piece.ts'

/**
 * Takes what containers print over into the logs of their apps. The containers' own files are the source: how far each was
 * read is written together with the lines that were read, so a crash at any place loses none and repeats none. Promises:
 * - Lines of one container keep their order; those of several come in the order of time, within what was read at once.
 * - Of an app no more is read than some 5 MB a second: what is printed faster waits in the container's files, and is lost
 *   there, and said to be, where they are full.
 * - The files of a container that is gone are removed when all of them is taken over.
 */
export type LogCollector = {
  /** A line of the platform about an app, or of the front door. What is too much at once is left out, and counted. */
  tell(appId: string, line: NewLogLine): void
  /** Takes over whatever is there now. */
  flush(appId: string): Promise<void>
  /** Nothing of it is read or written any more. */
  forget(appId: string): Promise<void>
  close(): Promise<void>
}

type Tracked = {
  id: string
  appId: string
  origin: LogOrigin
  path: string
  place: LogPlace | null
  /** Nobody writes to its log any more. */
  over: boolean
  /** The engine does not know it any more. */
  removed: boolean
}

type AppState = { containers: Map<string, Tracked>; told: NewLogLine[]; dropped: number; nextMs: number }

const tickMs = 100
const followedEveryMs = 100
const everyMs = 1_000
/** conmon stamps a line before it writes it. */
const settleMs = 30
const pieceBytes = 256 * 1024
/** What is told at once; of requests less, so that there is room for what is seldom. */
const mostTold = 2_000
const mostRequests = 1_000

export function collectLogs(parts: {
  engine: Engine
  appLogs: AppLogs
  /** Where the containers of an app write. */
  directoryOf(appId: string): string
  apps(): Promise<readonly { id: string }[]>
  report: Report
}): LogCollector & { begin(): Promise<void> } {
  const { engine, appLogs, report } = parts
  const states = new Map<string, AppState>()
  const gone = new Set<string>()
  let turn = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const unsubscribe = engine.containers.subscribe(({ kind, container }) => {
    const appId = container.labels[label.app]
    if (appId === undefined || gone.has(appId) || closed) return
    if (kind === 'created' || kind === 'started') track(appId, container)
    const tracked = states.get(appId)?.containers.get(container.id)
    if (tracked === undefined) return
    if (kind === 'exited') tracked.over = true
    if (kind === 'removed') Object.assign(tracked, { over: true, removed: true })
    if (kind === 'exited' || kind === 'removed') soon(appId)
  })

  async function begin(): Promise<void> {
    for (const { id } of await parts.apps()) {
      findAgain(id)
      // Each reads a few MB at once: others have their turn in between.
      await setImmediate()
    }
    const found = await engine.containers.list()
    const known = new Set(found.map(({ id }) => id))
    for (const container of found) {
      const appId = container.labels[label.app]
      if (appId !== undefined && !gone.has(appId)) track(appId, container)
    }
    for (const tracked of [...states.values()].flatMap(({ containers }) => [...containers.values()]))
      if (!known.has(tracked.id)) Object.assign(tracked, { over: true, removed: true })
    tick()
  }

  /** What an earlier worker has not taken over to its end. */
  function findAgain(appId: string): void {
    for (const [id, value] of appLogs.marks(appId)) {
      const known = parsePlace(value)
      if (known === undefined) continue
      const { place, ...origin } = known
      const path = `${parts.directoryOf(appId)}/${id}.log`
      stateOf(appId).containers.set(id, { id, appId, origin, path, place, over: false, removed: false })
    }
  }

  function track(appId: string, container: Container): void {
    const { containers } = stateOf(appId)
    const known = containers.get(container.id)
    const over = container.state === 'exited'
    if (known !== undefined) {
      Object.assign(known, { over, removed: false, path: container.logPath })
      return
    }
    const origin = originOf(container.labels)
    if (origin === undefined) return
    const tracked = {
      ...{ id: container.id, appId, origin, path: container.logPath },
      ...{ over, removed: false },
    }
    containers.set(container.id, { ...tracked, place: null })
    // Whose it is has to be known although the worker and the container end the next moment.
    appLogs.append(appId, [], [printPlace(container.id, origin, nowhere)])
  }

  function stateOf(appId: string): AppState {
    const known = states.get(appId) ?? { containers: new Map(), told: [], dropped: 0, nextMs: 0 }
    states.set(appId, known)
    return known
  }

  function soon(appId: string): void {
    stateOf(appId).nextMs = 0
  }

  // ------------------------------------------------------------------------------------------------ looking again

  function tick(): void {
    if (closed) return
    const now = Date.now()
    for (const [appId, state] of states) {
      const isDue =
        now >= state.nextMs || (appLogs.isFollowed(appId) && now >= state.nextMs - everyMs + followedEveryMs)
      if (!isDue) continue
      state.nextMs = now + everyMs
      void inTurn(() => collect(appId, state, now - settleMs))
    }
    turn.finally(() => {
      timer = setTimeout(tick, tickMs)
      timer.unref()
    })
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work).catch((error: unknown) => report('taking logs over', error))
    return turn
  }

  async function collect(appId: string, state: AppState, untilMs: number): Promise<void> {
    if (gone.has(appId)) return
    const changed = [...state.containers.values()].filter(hasMore)
    const read = await Promise.all(changed.map((tracked) => takenOf(tracked, untilMs)))
    const taken = read.filter((found) => found !== undefined && found !== 'failed')
    const told = takeTold(state)
    const lines = mergeLogLines([...taken.map((found) => found.lines), told])
    const marks = taken.map(({ tracked, place }) => printPlace(tracked.id, tracked.origin, place))
    if (!appLogs.append(appId, lines, marks)) {
      // The disk is full: what containers print waits in their own files.
      state.told.unshift(...told)
      return
    }
    for (const { tracked, place } of taken) tracked.place = place
    if (taken.some(({ more }) => more)) state.nextMs = Date.now() + tickMs / 2
    for (const tracked of changed.filter((_, index) => read[index] === undefined)) await letGo(tracked)
  }

  async function takenOf(tracked: Tracked, untilMs: number) {
    const { path, place, over, origin } = tracked
    try {
      const found = await readLogPiece(path, place, { maxBytes: pieceBytes, isOver: over })
      return found === undefined ? undefined : { tracked, ...takePiece(found, origin, untilMs) }
    } catch (error) {
      // Of this one alone: the next look tries again.
      report(`reading the log of ${origin.instance}`, error)
      return 'failed'
    }
  }

  /** Nothing of it is left to be read: its files have gone over into the log of its app. */
  async function letGo({ id, appId, path, removed }: Tracked): Promise<void> {
    if (!removed) return
    const { containers } = stateOf(appId)
    for (const file of await logFiles(path)) await rm(file.path, { force: true })
    await rm(`${path}.tmp`, { force: true })
    if (appLogs.append(appId, [], [{ key: id, value: null }])) containers.delete(id)
  }

  // ------------------------------------------------------------------------------------------------ what is told

  function tell(appId: string, line: NewLogLine): void {
    if (gone.has(appId) || closed) return
    const state = stateOf(appId)
    const most = line.source === 'router' ? mostRequests : mostTold
    if (state.told.length < most) state.told.push(line)
    else state.dropped += 1
  }

  function takeTold(state: AppState): NewLogLine[] {
    const { told, dropped } = state
    Object.assign(state, { told: [], dropped: 0 })
    if (dropped === 0) return told
    const atMs = told[0]?.atMs ?? Date.now()
    const text = `${dropped} requests are left out: there were more than the log takes at once`
    return [{ atMs, source: 'berth', instance: 'berth', release: null, stream: 'stderr', text }, ...told]
  }

  return {
    begin,
    tell,
    async flush(appId) {
      const state = stateOf(appId)
      const isBusy = () => [...state.containers.values()].some(hasMore)
      await inTurn(() => collect(appId, state, Number.POSITIVE_INFINITY))
      for (let tries = 0; tries < mostFlushes && isBusy(); tries += 1)
        await inTurn(() => collect(appId, state, Number.POSITIVE_INFINITY))
    },
    async forget(appId) {
      gone.add(appId)
      states.delete(appId)
      await inTurn(() => appLogs.remove(appId))
    },
    async close() {
      unsubscribe()
      closed = true
      clearTimeout(timer)
      await turn
      for (const [appId, state] of states) if (state.told.length > 0) appLogs.append(appId, takeTold(state))
    },
  }
}

const mostFlushes = 1_000
/** Before the first file was seen. */
const nowhere: LogPlace = { inode: 0, began: '', offset: 0 }

/** One look at one file, where nothing has changed. */
function hasMore({ path, place, removed }: Tracked): boolean {
  if (removed) return true
  const { ino, size } = statSync(path, { throwIfNoEntry: false }) ?? { ino: 0, size: 0 }
  if (place === null || place.inode === 0) return size > 0
  return ino !== place.inode || size > place.offset
}
