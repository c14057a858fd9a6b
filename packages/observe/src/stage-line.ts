import type { StageEvent } from '@berth/domain'
import { stageEventShape } from './live-shapes.ts'

/** Longer texts are cut: in UTF-16 units, so at most 48 KB of UTF-8 and about twice that in JSON. */
export const textLimit = 16 * 1024

/** One event as one line of NDJSON, its end included. */
export function printStageLine(event: StageEvent): string {
  return `${JSON.stringify('text' in event ? { ...event, text: cut(event.text) } : event)}\n`
}

/** Undefined for what a crash left half written: a cut JSON object never parses. */
export function parseStageLine(line: string): StageEvent | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return stageEventShape.safeParse(value).data
}

function cut(text: string): string {
  if (text.length <= textLimit) return text
  return `${text.slice(0, textLimit)} … (${text.length - textLimit} more characters)`
}
