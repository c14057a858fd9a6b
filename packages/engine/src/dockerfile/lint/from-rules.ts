import type { Platform } from '../../build/build-arguments.ts'
import { isImageName } from '../../store/reference.ts'
import type { Variables } from '../expand-words.ts'
import { budgetOf } from '../expand-words.ts'
import type { FromInstruction } from '../instruction.ts'
import { nearestWord } from '../nearest-word.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'
import { type Expanded, expandWatched } from './watched-variables.ts'

export type FromScope = {
  /** The ARGs before the first FROM, with the values that the build was given; and those that every build has. */
  globals: Variables
  /** The same, had the build been given none. */
  defaults: Variables
  /** Names that an ARG before the first FROM declares, with a value or without. */
  declared: ReadonlySet<string>
  escape: '\\' | '`'
}

/** UndefinedArgInFrom, InvalidDefaultArgInFrom, RedundantTargetPlatform and FromPlatformFlagConstDisallowed. */
export function fromFindings(from: FromInstruction, scope: FromScope): Finding[] {
  const options = { escape: scope.escape, budget: budgetOf(from.place.source) }
  const image = expandWatched(from.image, scope.globals, options)
  const findings = [...undefinedArguments(from, image, scope), ...invalidDefault(from, scope)]
  if (from.platform === null) return findings
  const platform = expandWatched(from.platform, scope.globals, options)
  return [
    ...findings,
    ...undefinedArguments(from, platform, scope),
    ...redundantPlatform(from, platform, scope),
    ...constantPlatform(from, platform),
  ]
}

/** InvalidBaseImagePlatform: the image that was found is for another platform than the build. */
export function foreignImage(
  { image, place }: FromInstruction,
  found: Platform,
  wanted: Platform,
): Finding[] {
  if (found.os === wanted.os && found.architecture === wanted.architecture) return []
  const is = `${found.os}/${found.architecture}`
  const text = `${quoted(image)} is for ${is}, and this build for ${wanted.os}/${wanted.architecture}.`
  return [{ rule: 'InvalidBaseImagePlatform', line: place.line, text }]
}

function undefinedArguments({ place }: FromInstruction, expanded: Expanded, scope: FromScope): Finding[] {
  const known = [...new Set([...scope.declared, ...scope.globals.keys()])]
  return [...expanded.missed]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearestWord(name, known)
      const hint = near === undefined ? '' : ` Is ${near} meant?`
      const text = `FROM uses ${quoted(name)}, which no ARG before the first FROM declares.${hint}`
      return { rule: 'UndefinedArgInFrom', line: place.line, text }
    })
}

/** A build that is given no arguments should find an image all the same. */
function invalidDefault({ image, place }: FromInstruction, scope: FromScope): Finding[] {
  const { text } = expandWatched(image, scope.defaults, {
    escape: scope.escape,
    budget: budgetOf(place.source),
  })
  if (text === null || isImageName(text)) return []
  const problem = `without build arguments, ${quoted(image)} is no valid image name: give its ARG a default.`
  return [{ rule: 'InvalidDefaultArgInFrom', line: place.line, text: problem }]
}

function redundantPlatform(from: FromInstruction, platform: Expanded, { globals }: FromScope): Finding[] {
  const isTarget =
    platform.missed.size === 0 &&
    platform.found.size === 1 &&
    platform.found.has('TARGETPLATFORM') &&
    platform.text === globals.get('TARGETPLATFORM')
  const text = `--platform=${from.platform} says what holds anyway: leave it out.`
  return isTarget ? [{ rule: 'RedundantTargetPlatform', line: from.place.line, text }] : []
}

/** A stage whose name says its platform means it. */
function constantPlatform(from: FromInstruction, platform: Expanded): Finding[] {
  if (platform.text === null || platform.found.size + platform.missed.size > 0) return []
  const { os, architecture } = partsOf(platform.text)
  const name = from.name ?? ''
  if (name.includes(os) || name.includes(architecture)) return []
  const text = `--platform=${platform.text.slice(0, 60)} ties the build to one platform: use $BUILDPLATFORM, leave it out, or say so in the stage's name.`
  return [{ rule: 'FromPlatformFlagConstDisallowed', line: from.place.line, text }]
}

/** `linux/amd64`, `linux`, `arm64`: one part alone is a system or an architecture. */
function partsOf(platform: string): { os: string; architecture: string } {
  const [first = '', second] = platform.toLowerCase().split('/')
  if (second !== undefined) return { os: first, architecture: second }
  const isSystem = ['linux', 'windows', 'darwin', 'freebsd'].includes(first)
  return isSystem ? { os: first, architecture: first } : { os: 'linux', architecture: first }
}
