import type { AppLogLine, LogFilter } from './app-log-line.ts'
import { linePattern } from './line-pattern.ts'

export const everything: LogFilter = {
  since: null,
  until: null,
  instance: null,
  process: null,
  release: null,
  source: null,
  only: null,
  stream: null,
  search: null,
  grep: null,
}

/** Whether a line is wanted. `search` ignores case. @throws LOG.BAD_PATTERN */
export async function logMatcher(filter: LogFilter): Promise<(line: AppLogLine) => boolean> {
  const { instance, process, release, source, stream } = filter
  const only = filter.only === null ? null : new Set(filter.only)
  const [sinceMs, untilMs] = [filter.since, filter.until].map((at) => (at === null ? null : Date.parse(at)))
  const search = filter.search?.toLowerCase() ?? null
  const pattern = filter.grep === null ? null : await linePattern(filter.grep)
  return (line) => {
    const atMs = Date.parse(line.at)
    return (
      (instance === null || line.instance === instance) &&
      (process === null || typeOf(line) === process) &&
      (release === null || line.release === release) &&
      (source === null || line.source === source) &&
      (stream === null || line.stream === stream) &&
      (only === null || [line.instance, typeOf(line), line.source].some((part) => only.has(part))) &&
      (sinceMs == null || atMs >= sinceMs) &&
      (untilMs == null || atMs <= untilMs) &&
      (search === null || line.text.toLowerCase().includes(search)) &&
      (pattern === null || pattern(line.text))
    )
  }
}

/** `web` of web.1. */
function typeOf({ instance }: AppLogLine): string {
  return instance.slice(0, instance.lastIndexOf('.'))
}

export function isEverything(filter: LogFilter): boolean {
  return Object.values(filter).every((wanted) => wanted === null)
}
