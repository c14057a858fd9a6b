import type { AppLogLine, LogFilter } from './app-log-line.ts'
import { linePattern } from './line-pattern.ts'

export const everything: LogFilter = {
  since: null,
  until: null,
  instance: null,
  process: null,
  release: null,
  source: null,
  search: null,
  grep: null,
}

/** Whether a line is wanted. `search` ignores case. @throws LOG.BAD_PATTERN */
export async function logMatcher(filter: LogFilter): Promise<(line: AppLogLine) => boolean> {
  const { instance, process, release, source } = filter
  const [sinceMs, untilMs] = [filter.since, filter.until].map((at) => (at === null ? null : Date.parse(at)))
  const search = filter.search?.toLowerCase() ?? null
  const pattern = filter.grep === null ? null : await linePattern(filter.grep)
  return (line) => {
    const atMs = Date.parse(line.at)
    return (
      (instance === null || line.instance === instance) &&
      (process === null || line.instance.slice(0, line.instance.lastIndexOf('.')) === process) &&
      (release === null || line.release === release) &&
      (source === null || line.source === source) &&
      (sinceMs == null || atMs >= sinceMs) &&
      (untilMs == null || atMs <= untilMs) &&
      (search === null || line.text.toLowerCase().includes(search)) &&
      (pattern === null || pattern(line.text))
    )
  }
}

export function isEverything(filter: LogFilter): boolean {
  return Object.values(filter).every((wanted) => wanted === null)
}
