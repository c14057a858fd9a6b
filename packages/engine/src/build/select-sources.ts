import type { TreeEntry } from '@berth/domain'
import { compileGlob, type Glob, GlobProblem, hasWildcards } from '../dockerfile/glob.ts'
import { ignorePatterns, type PathFilter } from '../dockerfile/ignore-file.ts'
import type { Place } from '../dockerfile/source-text.ts'
import { type ContextIndex, findInContext, relativeSource } from './context.ts'
import { buildError } from './errors.ts'

/**
 * What a COPY or ADD takes from the context. A file has one entry with the path ''; a directory's entries have paths
 * relative to it: the contents of a directory are copied, not the directory.
 */
export type ContextSource = {
  /** The file's name where the destination is a directory. */
  name: string
  kind: 'file' | 'directory'
  entries: readonly { path: string; entry: TreeEntry }[]
}

type Wanted = { sources: readonly string[]; exclude: readonly string[]; place: Place }

/** @throws BUILD.SOURCE_NOT_FOUND, BUILD.SYNTAX */
export function selectSources(index: ContextIndex, wanted: Wanted): ContextSource[] {
  const filter = excluding(wanted.exclude, wanted.place)
  return wanted.sources.flatMap((source) => {
    const path = relativeSource(source)
    // A pattern that matches nothing copies nothing, as in BuildKit: `COPY package.json yarn.lock* ./` relies on it.
    const paths = hasWildcards(path) ? matching(index, path, wanted.place) : [path]
    return paths.map((each) => selectOne(index, each, source, filter, wanted.place))
  })
}

/** @throws BUILD.SYNTAX */
export function excluding(patterns: readonly string[], place: Place): PathFilter {
  return withPlace(place, () => ignorePatterns(patterns))
}

/** @throws BUILD.SYNTAX */
export function compilePattern(pattern: string, place: Place): Glob {
  return withPlace(place, () => compileGlob(pattern, { doubleStar: false }))
}

/** @throws BUILD.SYNTAX where `make` throws a GlobProblem */
export function withPlace<Result>(place: Place, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (error instanceof GlobProblem) throw buildError['BUILD.SYNTAX']({ place, problem: error.message })
    throw error
  }
}

function matching(index: ContextIndex, pattern: string, place: Place): string[] {
  const glob = compilePattern(pattern, place)
  const depth = pattern.split('/').length
  const candidates = [...index.files.keys(), ...index.directories].filter(
    (path) => path !== '' && path.split('/').length === depth,
  )
  return candidates.filter((path) => glob.matches(path)).sort()
}

function selectOne(
  index: ContextIndex,
  path: string,
  source: string,
  filter: PathFilter,
  place: Place,
): ContextSource {
  const found = findInContext(index, path)
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (found === undefined) {
    const ignored = [...index.context.ignored].some((each) => each === path || each.startsWith(`${path}/`))
    throw buildError['BUILD.SOURCE_NOT_FOUND']({ place, path: source, from: 'the repository', ignored })
  }
  if (found.kind === 'file') {
    const entries = filter.ignores(name) ? [] : [{ path: '', entry: found.entry }]
    return { name, kind: 'file', entries }
  }
  const prefix = found.path === '' ? '' : `${found.path}/`
  const entries = index.context.entries
    .filter((entry) => entry.path.startsWith(prefix))
    .map((entry) => ({ path: entry.path.slice(prefix.length), entry }))
    .filter((each) => !filter.ignores(each.path))
  return { name, kind: 'directory', entries }
}
