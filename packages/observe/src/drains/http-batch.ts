import type { AppLogLine } from '../app-log/app-log-line.ts'

/** What is posted to an HTTP drain: a JSON array, a line an object. `number` shows a receiver what came twice. */
export function httpBatch(app: string, lines: readonly AppLogLine[]): string {
  return JSON.stringify(
    lines.map(({ number, at, source, instance, release, stream, text }) => ({
      app,
      number,
      time: at,
      source,
      instance,
      release: release === null ? null : `v${release}`,
      stream,
      message: text,
    })),
  )
}
