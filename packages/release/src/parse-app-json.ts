import type { z } from 'zod'
import { type AppJson, appJsonShape } from './app-json.ts'
import { releaseError } from './errors.ts'
import { JsonSyntaxError, type ParsedJson, parseJson } from './parse-json.ts'

export const appJsonLimitBytes = 256 * 1024

/** @throws RELEASE.APP_JSON_INVALID, with the line of the first thing that is wrong */
export function parseAppJson(text: string): AppJson {
  if (Buffer.byteLength(text) > appJsonLimitBytes) throw invalid(1, 'the file is larger than 256 KB.')
  const json = readJson(text)
  const result = appJsonShape.safeParse(json.value)
  if (result.success) return result.data
  throw complaint(result.error.issues, json)
}

function readJson(text: string): ParsedJson {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalid(error.line, error.message)
    throw error
  }
}

function complaint(issues: readonly z.core.$ZodIssue[], json: ParsedJson) {
  const located = issues.map((issue) => ({ issue, line: json.lineOf(issue.path) }))
  located.sort((one, other) => one.line - other.line)
  const first = located[0]
  if (first === undefined) throw new Error('a failed parse has an issue')
  return invalid(first.line, `${placeOf(first.issue.path)} ${reasonOf(first.issue)}.`)
}

/** `healthchecks.web.0.timeout`, cut: the names are the user's. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map(String).join('.')
  return place === '' ? 'the file' : JSON.stringify(place.slice(0, 100))
}

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return issue.message.startsWith('Invalid') || issue.message.startsWith('Too')
    ? `is wrong: ${issue.message}`
    : issue.message
}

function invalid(line: number, reason: string) {
  return releaseError['RELEASE.APP_JSON_INVALID']({ line, reason })
}
