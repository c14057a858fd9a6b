import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { LogLine, LogQuery } from '../engine.ts'
import { type LogFile, logFiles } from './log-files.ts'
import { endsLine, logParser, outputParser } from './log-lines.ts'

const chunkBytes = 65_536
/** A change is noticed through inotify; the poll is for file systems that have none. */
const pollMs = 500

/**
 * The lines of a log, over all its rotated files, oldest first. `tail` reads backwards from the end, so a short tail of a
 * long log is cheap. With `follow` it goes on until `isOver` says that nobody writes any more, across rotations.
 * An aborted signal ends it without an error: that is how a reader says that it has read enough.
 */
export async function* readLog(
  path: string,
  query: LogQuery,
  isOver: () => boolean,
): AsyncGenerator<LogLine> {
  const parser = logParser()
  const { since, stream, until = null } = query
  const late = (line: LogLine) => until !== null && line.at > until
  const wanted = (line: LogLine) =>
    (since === null || line.at >= since) && (stream === undefined || line.stream === stream) && !late(line)
  const signal = until === null ? query.signal : whenOver(until, query.signal)
  const from = firstFile(path, query)
  for await (const bytes of logBytes(path, { follow: query.follow, signal }, { from, isOver })) {
    const lines = parser.push(bytes)
    yield* lines.filter(wanted)
    if (lines.some(late)) return
  }
  if (!query.signal?.aborted) yield* parser.flush().filter(wanted)
}

/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1

/** A follower is told when its time is up; what is in the log by then is read without one. */
function whenOver(until: Date, signal: AbortSignal | undefined): AbortSignal | undefined {
  const leftMs = until.getTime() - Date.now()
  if (leftMs <= 0) return signal
  return AbortSignal.any([AbortSignal.timeout(Math.min(leftMs, longestTimerMs)), ...(signal ? [signal] : [])])
}

/**
 * What is written to a log from now on, byte for byte, until `isOver` says that nobody writes any more. From now on means
 * from this call, whenever the result is read; nothing is held open until then.
 */
export async function followOutput(path: string, isOver: () => boolean) {
  const enough = new AbortController()
  const end = await endOf(path)
  async function* output() {
    const query = { follow: true, signal: enough.signal }
    const parse = outputParser()
    for await (const bytes of logBytes(path, query, { from: openAgain(path, end), isOver }))
      yield* parse(bytes)
  }
  const reading = output()
  return {
    output: reading,
    close() {
      enough.abort()
      void reading.return(undefined)
    },
  }
}

type Position = { inode: number; offset: number; begins: Beginning | null }

async function endOf(path: string): Promise<Position | null> {
  const newest = (await logFiles(path)).at(-1)
  if (newest === undefined) return null
  return { inode: newest.inode, offset: newest.sizeBytes, begins: await beginningOf(newest.path) }
}

/** Where the file was rotated away beyond memory, the oldest that is left follows it. */
async function openAgain(path: string, end: Position | null): Promise<OpenFile | null> {
  const files = await logFiles(path)
  const file = files.find(({ inode }) => inode === end?.inode)
  // The number of a file that is gone may be another's by now.
  const isSame = file && end && (end.begins === null || !isLater(await beginningOf(file.path), end.begins))
  if (isSame) return openAt(file.path, end.offset)
  return files[0] === undefined ? null : openAt(files[0].path, 0)
}

type OpenFile = { handle: FileHandle; inode: number; offset: number }

async function* logBytes(
  path: string,
  query: Pick<LogQuery, 'follow' | 'signal'>,
  { from, isOver }: { from: Promise<OpenFile | null>; isOver: () => boolean },
): AsyncGenerator<Buffer> {
  const changes = query.follow ? fileChanges(path) : null
  let current = await from
  try {
    while (!query.signal?.aborted) {
      // Asked before reading: what is written before the end is read after it.
      const over = !query.follow || isOver()
      if (current !== null) yield* restOf(current, query.signal)
      const next: OpenFile | null = await nextFile(path, current)
      if (next !== null) {
        if (current !== null) yield* restOf(current, query.signal)
        await current?.handle.close()
        current = next
        changes?.rearm()
      } else if (over) return
      else await changes?.next(query.signal)
    }
  } finally {
    await current?.handle.close()
    changes?.close()
  }
}

async function* restOf(file: OpenFile, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const room = Buffer.alloc(chunkBytes)
  while (!signal?.aborted) {
    const { bytesRead } = await file.handle.read(room, 0, chunkBytes, file.offset)
    if (bytesRead === 0) return
    file.offset += bytesRead
    yield Buffer.from(room.subarray(0, bytesRead))
  }
}

/**
 * The file that follows this one, or null while it is the newest. Where this one is gone, as in a flood, it is the first that
 * began later; the newest at least, if clocks were turned back.
 */
async function nextFile(path: string, current: OpenFile | null): Promise<OpenFile | null> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const files = await logFiles(path)
    const next = current === null ? files[0] : await following(files, current)
    if (next === undefined) return null
    const opened = await openAt(next.path, 0)
    if (opened?.inode === next.inode) return opened
    // It was given another name since it was looked up.
    await opened?.handle.close()
  }
  return null
}

/** Names change when a file is full: hardly more often than one looks. */
const mostTries = 20

async function following(files: readonly LogFile[], current: OpenFile): Promise<LogFile | undefined> {
  const place = files.findIndex((file) => file.inode === current.inode)
  return place === -1 ? await firstAfter(files, current) : files[place + 1]
}

async function firstAfter(files: readonly LogFile[], { handle }: OpenFile): Promise<LogFile | undefined> {
  const began = await beginning(handle)
  for (const file of files) if (isLater(await beginningOf(file.path), began)) return file
  return files.at(-1)
}

/** When a file's first record was written: its text, as conmon writes it, has nanoseconds. */
type Beginning = { atMs: number; text: string }

async function beginning(handle: FileHandle): Promise<Beginning | null> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(40), 0, 40, 0)
  const text = buffer.toString('latin1', 0, bytesRead).split(' ', 1)[0] ?? ''
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : { atMs, text }
}

async function beginningOf(path: string): Promise<Beginning | null> {
  const file = await openAt(path, 0)
  try {
    return file && (await beginning(file.handle))
  } finally {
    await file?.handle.close()
  }
}

/** What has no record yet has just been begun. */
function isLater(one: Beginning | null, other: Beginning | null): boolean {
  if (one === null || other === null) return one === null
  return one.atMs > other.atMs || (one.atMs === other.atMs && one.text > other.text)
}

async function firstFile(
  path: string,
  { tail, stream }: Pick<LogQuery, 'tail' | 'stream'>,
): Promise<OpenFile | null> {
  const files = await logFiles(path)
  if (tail === null) return files[0] === undefined ? null : openAt(files[0].path, 0)
  let missing = tail
  let oldest: OpenFile | null = null
  for (const file of files.toReversed()) {
    const opened = await openAt(file.path, 0)
    if (opened === null) continue
    await oldest?.handle.close()
    oldest = opened
    const found = await tailOffset(opened.handle, missing, stream)
    opened.offset = found.offset
    missing -= found.lines
    if (missing <= 0) break
  }
  return oldest
}

/** Where the last `wanted` lines begin, found from the end; the beginning, if there are no more. */
async function tailOffset(
  handle: FileHandle,
  wanted: number,
  stream: LogLine['stream'] | undefined,
): Promise<{ offset: number; lines: number }> {
  const size = (await handle.stat()).size
  if (wanted <= 0) return { offset: size, lines: 0 }
  let lines = 0
  for await (const { record, endsAt } of recordsBackwards(handle, size)) {
    if (!endsLine(record, stream)) continue
    if (lines === wanted) return { offset: endsAt, lines }
    lines += 1
  }
  return { offset: 0, lines }
}

/** The records of a file, newest first; `endsAt` is the offset after its newline. What has no newline yet is left out. */
async function* recordsBackwards(handle: FileHandle, size: number) {
  let later: Buffer = Buffer.alloc(0)
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - chunkBytes)
    const chunk = Buffer.alloc(end - from)
    await handle.read(chunk, 0, chunk.length, from)
    const bytes = Buffer.concat([chunk, later])
    let newline = bytes.lastIndexOf(10)
    while (newline > 0) {
      const before = bytes.lastIndexOf(10, newline - 1)
      if (before === -1 && from > 0) break
      yield { record: bytes.subarray(before + 1, newline), endsAt: from + newline + 1 }
      newline = before
    }
    later = bytes.subarray(0, newline + 1)
    end = from
  }
}

async function openAt(path: string, offset: number): Promise<OpenFile | null> {
  try {
    const handle = await open(path, 'r')
    return { handle, inode: (await handle.stat()).ino, offset }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Wakes a follower when the file changes; remembers a change that came while nobody waited. */
function fileChanges(path: string) {
  let changed = false
  let wake: () => void = () => undefined
  let watcher: FSWatcher | null = null
  const notice = () => {
    changed = true
    wake()
  }
  const rearm = () => {
    watcher?.close()
    watcher = watchIfThere(path, notice)
  }
  rearm()
  return {
    rearm,
    close: () => watcher?.close(),
    async next(signal: AbortSignal | undefined): Promise<void> {
      if (watcher === null) rearm()
      if (!changed && !signal?.aborted)
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', done)
            resolve()
          }
          const timer = setTimeout(done, pollMs)
          signal?.addEventListener('abort', done, { once: true })
          wake = done
        })
      changed = false
    },
  }
}

function watchIfThere(path: string, listener: () => void): FSWatcher | null {
  try {
    return watch(path, { persistent: false }, listener)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
