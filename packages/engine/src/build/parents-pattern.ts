import { compileGlob, hasWildcards } from '../dockerfile/glob.ts'
import type { Place } from '../dockerfile/source-text.ts'
import { relativeSource } from './context.ts'
import { withPlace } from './with-place.ts'

/**
 * A source of `COPY --parents`: what it matches below a pivot keeps its path from there on. `a/./b/*.js` has the pivot
 * `a`; without `/./` it is the root itself. A directory that matches stands for all in it.
 * Reference: BuildKit's frontend/dockerfile/dockerfile2llb/convert_copy.go.
 */
export type ParentsPattern = {
  /** Where paths begin, relative to the root; '' is the root. May hold wildcards, as any source may. */
  pivot: string
  /** `path` is below the pivot, relative to it. */
  matches(path: string): boolean
  /** Whether anything in this directory may match: others need no look. */
  mayHoldMatches(directory: string): boolean
  /** Relative to the root, as far as it holds no wildcards. */
  path: string
  /** Without wildcards: that it is not there is an error. */
  isRequired: boolean
}

/** @throws BUILD.SYNTAX */
export function parentsPattern(source: string, place: Place): ParentsPattern {
  const [pivot, below] = splitAtPivot(source)
  const pattern = relativeSource(below)
  const path = [pivot, pattern].filter((part) => part !== '').join('/')
  if (pattern === '') {
    return { pivot, path, isRequired: true, matches: () => true, mayHoldMatches: () => true }
  }
  const whole = withPlace(place, () => compileGlob(pattern, { doubleStar: true }))
  const leading = pattern.split('/').map((part) => withPlace(place, () => partMatcher(part)))
  return {
    pivot,
    path,
    isRequired: !hasWildcards(pivot) && !hasWildcards(pattern),
    matches: (path) => withDirectories(path).some((each) => whole.matches(each)),
    mayHoldMatches: (directory) => mayLead(leading, directory.split('/')),
  }
}

function splitAtPivot(source: string): [string, string] {
  const at = source.indexOf('/./')
  return at < 0 ? ['', source] : [relativeSource(source.slice(0, at)), source.slice(at + 3)]
}

/** Null: `**`, which may stand for any number of directories. */
function partMatcher(part: string): ((name: string) => boolean) | null {
  return part.includes('**') ? null : compileGlob(part, { doubleStar: false }).matches
}

function mayLead(parts: readonly (((name: string) => boolean) | null)[], names: readonly string[]): boolean {
  for (const [index, name] of names.entries()) {
    const part = parts[index]
    if (part === null || part === undefined) return true
    if (!part(name)) return false
  }
  return true
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function withDirectories(path: string): string[] {
  const names = path.split('/')
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}
