import { fail } from './line-parts.ts'
import { nearestWord } from './nearest-word.ts'
import { type Place, quoted } from './source-text.ts'

/**
 * `RUN --mount=type=cache,target=/x`: what it says, before its variables have values. Only `from` has none, since it
 * says which stages and images a build needs. Reference: BuildKit's frontend/dockerfile/instructions, parseMount.
 */
export type MountFlag = {
  options: readonly MountOption[]
  /** A stage's name or number, or an image. */
  from: string | null
}

/** `value` null: a name alone, as in `required`. */
export type MountOption = { name: MountOptionName; value: string | null }

export type MountOptionName =
  | 'type'
  | 'from'
  | 'source'
  | 'target'
  | 'readonly'
  | 'readwrite'
  | 'id'
  | 'sharing'
  | 'required'
  | 'size'
  | 'mode'
  | 'uid'
  | 'gid'
  | 'env'

const names: Readonly<Record<string, MountOptionName>> = {
  type: 'type',
  from: 'from',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readonly',
  ro: 'readonly',
  readwrite: 'readwrite',
  rw: 'readwrite',
  id: 'id',
  sharing: 'sharing',
  required: 'required',
  size: 'size',
  mode: 'mode',
  uid: 'uid',
  gid: 'gid',
  env: 'env',
}
const mayStandAlone: ReadonlySet<MountOptionName> = new Set(['readonly', 'readwrite', 'required'])

/** @throws BUILD.SYNTAX */
export function parseMountFlag(text: string, place: Place): MountFlag {
  const options = splitFields(text, place).map((field) => parseOption(field, place))
  const from = options.findLast((option) => option.name === 'from')?.value ?? null
  if (from !== null && /\$./s.test(from)) {
    fail(place, 'RUN --mount=from does not expand variables.', 'Name a stage instead: FROM $image AS name.')
  }
  return { options, from: from === '' ? null : from }
}

function parseOption(field: string, place: Place): MountOption {
  const equals = field.indexOf('=')
  const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase()
  const name = Object.hasOwn(names, key) ? names[key] : undefined
  if (name === undefined) {
    const near = nearestWord(key, Object.keys(names))
    fail(
      place,
      `RUN --mount has no option ${quoted(key)}.`,
      near === undefined ? undefined : `Did you mean ${near}?`,
    )
  }
  if (equals >= 0) return { name, value: field.slice(equals + 1) }
  if (!mayStandAlone.has(name)) fail(place, `the option ${key} of RUN --mount needs a value: ${key}=…`)
  return { name, value: null }
}

/** Separated by commas; a field in double quotes may hold some. Source: RFC 4180. */
function splitFields(text: string, place: Place): string[] {
  const fields: string[] = []
  let rest = text
  for (;;) {
    const [match, inQuotes, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/.exec(rest) ?? []
    if (match === undefined) fail(place, 'the quotes in RUN --mount do not match.')
    fields.push(inQuotes === undefined ? plain : inQuotes.replaceAll('""', '"'))
    if (match.length === rest.length) return fields
    rest = rest.slice(match.length + 1)
  }
}
