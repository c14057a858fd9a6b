import type { Configuration } from '@berth/domain'
import { releaseError } from './errors.ts'
import { problemOfName } from './problem-of-name.ts'

/**
 * What may be told to an app, and how much of it: everything goes into the environment of a process, which Linux bounds (one
 * variable 128 KB, all about 2 MB), and into each release, which is kept.
 */
export const configurationLimits = {
  valueBytes: 64 * 1024,
  totalBytes: 256 * 1024,
  count: 1_000,
  secretFileBytes: 64 * 1024,
  secretFiles: 50,
  secretFilesBytes: 256 * 1024,
}

/** `set` and `unset` of one name: set counts. A file's content is base64. */
export type ConfigurationChange = {
  set?: Readonly<Record<string, string>>
  unset?: readonly string[]
  setFiles?: Readonly<Record<string, string>>
  unsetFiles?: readonly string[]
}

/** @throws CONFIGURATION.… where something that is set, or all together, may not be */
export function changeConfiguration(before: Configuration, change: ConfigurationChange): Configuration {
  for (const [name, value] of Object.entries(change.set ?? {})) assertVariable(name, value)
  for (const [name, content] of Object.entries(change.setFiles ?? {})) assertSecretFile(name, content)
  const after = {
    variables: changed(before.variables, change.set, change.unset),
    secretFiles: changed(before.secretFiles, change.setFiles, change.unsetFiles),
  }
  assertTotal(after)
  return after
}

/** Sorted by name: the order in which somebody set them says nothing. */
function changed(
  before: Readonly<Record<string, string>>,
  set: Readonly<Record<string, string>> = {},
  unset: readonly string[] = [],
): Record<string, string> {
  const gone = new Set(unset)
  const kept = Object.entries(before).filter(([name]) => !gone.has(name))
  const all = Object.entries({ ...Object.fromEntries(kept), ...set })
  return Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** @throws CONFIGURATION.NAME_INVALID, CONFIGURATION.NAME_RESERVED, CONFIGURATION.VALUE_INVALID */
export function assertVariable(name: string, value: string): void {
  const problem = problemOfName(name)
  if (problem === 'invalid') throw releaseError['CONFIGURATION.NAME_INVALID']({ name })
  if (problem === 'reserved') throw releaseError['CONFIGURATION.NAME_RESERVED']({ name })
  if (value.includes('\0')) throw releaseError['CONFIGURATION.VALUE_INVALID']({ name, reason: 'holds a NUL' })
  if (Buffer.byteLength(value) > configurationLimits.valueBytes)
    throw releaseError['CONFIGURATION.VALUE_INVALID']({ name, reason: 'is larger than 64 KB' })
}

/** @throws CONFIGURATION.FILE_INVALID */
function assertSecretFile(name: string, content: string): void {
  // It becomes a file's name on this machine, in a directory that holds nothing else.
  const invalid = (reason: string) => releaseError['CONFIGURATION.FILE_INVALID']({ name, reason })
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name) || name === '__proto__')
    throw invalid('its name must be 1 to 200 letters, digits, `.`, `_` and `-`')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content) || content.length % 4 !== 0)
    throw invalid('its content is not base64')
  if (bytesOf(content) > configurationLimits.secretFileBytes) throw invalid('it is larger than 64 KB')
}

function assertTotal({ variables, secretFiles }: Configuration): void {
  const limits = configurationLimits
  const sizes = Object.entries(variables).map(([name, value]) => Buffer.byteLength(name + value))
  if (sizes.length > limits.count || sum(sizes) > limits.totalBytes)
    throw releaseError['CONFIGURATION.TOO_LARGE']({
      what: `the variables of an app may be ${limits.count}, and 256 KB together`,
    })
  const files = Object.values(secretFiles).map(bytesOf)
  if (files.length > limits.secretFiles || sum(files) > limits.secretFilesBytes)
    throw releaseError['CONFIGURATION.TOO_LARGE']({
      what: `the secret files of an app may be ${limits.secretFiles}, and 256 KB together`,
    })
}

function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
