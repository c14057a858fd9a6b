import type { AppLogLine, LogSource } from './app-log-line.ts'

/**
 * An app's log as it lies on the disk: a record a line. `TIME KIND INSTANCE RELEASE TEXT` is a line of the log: milliseconds
 * since the epoch, a letter each for source and stream, `web.1`, the release's number or `-`. `@KEY VALUE` is a mark: what
 * somebody who writes the log has to remember together with what was written. The newest mark of a key counts, and one
 * without a value means none. Lines have no number of their own: they are counted.
 */
export type NewLogLine = Omit<AppLogLine, 'number' | 'at'> & { atMs: number }

/** `key` and `value` hold no line end, and a key no blank. */
export type LogMark = { key: string; value: string | null }

/** Longer texts are cut, in UTF-16 units: as JSON, in a frame or on a screen, a line stays small. */
export const logTextLimit = 16 * 1024

const sourceLetters: Readonly<Record<LogSource, string>> = {
  app: 'a',
  router: 'r',
  deploy: 'd',
  cron: 'c',
  berth: 'b',
}
const sources = new Map(
  Object.entries(sourceLetters).map(([source, letter]) => [letter, source as LogSource]),
)
export const logSources = Object.keys(sourceLetters) as LogSource[]

export function printLogLine({ atMs, source, stream, instance, release, text }: NewLogLine): string {
  const kind = `${sourceLetters[source]}${stream === 'stdout' ? 'o' : 'e'}`
  return `${atMs} ${kind} ${instance} ${release ?? '-'} ${oneLine(cut(text))}\n`
}

export function printMark({ key, value }: LogMark): string {
  return value === null ? `@${key}\n` : `@${key} ${value}\n`
}

export function isMark(record: string): boolean {
  return record.startsWith('@')
}

export function parseMark(record: string): LogMark {
  const blank = record.indexOf(' ')
  return blank === -1
    ? { key: record.slice(1), value: null }
    : { key: record.slice(1, blank), value: record.slice(blank + 1) }
}

/** Whatever a disk that failed has made of a record is still a line, so that counting holds. */
export function parseLogLine(record: string, number: number): AppLogLine {
  const found = /^(\d{1,15}) ([a-z])([oe]) (\S+) (\d+|-) /.exec(record)
  if (found === null) return unreadable(number)
  const [head, atMs, source = '', stream, instance = '', release] = found
  return {
    number,
    at: new Date(Number(atMs)).toISOString(),
    source: sources.get(source) ?? 'app',
    instance,
    release: release === '-' ? null : Number(release),
    stream: stream === 'o' ? 'stdout' : 'stderr',
    text: record.slice(head.length),
  }
}

/** Its time alone: cheaper than the line. */
export function timeOf(record: string): number {
  const atMs = Number(record.slice(0, record.indexOf(' ')))
  return Number.isSafeInteger(atMs) ? atMs : 0
}

function unreadable(number: number): AppLogLine {
  const at = new Date(0).toISOString()
  const text = 'This line of the log cannot be read any more.'
  return { number, at, source: 'berth', instance: 'berth', release: null, stream: 'stderr', text }
}

function cut(text: string): string {
  if (text.length <= logTextLimit) return text
  return `${text.slice(0, logTextLimit).toWellFormed()} … (${text.length - logTextLimit} more characters)`
}

function oneLine(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text
}
