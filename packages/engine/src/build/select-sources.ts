import type { TreeEntry } from '@berth/domain'
import { compileGlob, type Glob, hasWildcards } from '../dockerfile/glob.ts'
import { ignorePatterns, ignoresNothing, type PathFilter } from '../dockerfile/ignore-file.ts'
import type { Place } from '../dockerfile/source-text.ts'
import {
  type ContextIndex,
  emptyDirectories,
  findInContext,
  relativeSource,
  usualDirectoryMode,
} from './context.ts'
import { buildError } from './errors.ts'
import { parentsPattern } from './parents-pattern.ts'
import { withPlace } from './with-place.ts'

/**
 * What a COPY or ADD takes from the context. A file has one entry with the path ''; a directory's entries have paths
 * relative to it: the contents of a directory are copied, not the directory.
 */
export type ContextSource = {
  /** The file's name where the destination is a directory. */
  name: string
  kind: 'file' | 'directory'
  entries: readonly { path: string; entry: TreeEntry }[]
  /** Of a directory: those within it of which nothing is taken but they themselves. Default none. */
  empty?: readonly string[]
  /** Of a directory: the modes of those within it that have another one than 0755, and at '' its own. Default none. */
  modes?: ReadonlyMap<string, number>
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

/** One path, which may be a file or a directory, and no pattern. @throws BUILD.SOURCE_NOT_FOUND */
export function selectSource(index: ContextIndex, source: string, place: Place): ContextSource {
  return selectOne(index, relativeSource(source), source, ignoresNothing, place)
}

/**
 * --parents: all that the sources match, as one directory whose entries are named from their pivots on.
 * @throws BUILD.SOURCE_NOT_FOUND, BUILD.SYNTAX
 */
export function selectBelowPivot(index: ContextIndex, wanted: Wanted): ContextSource[] {
  const { place } = wanted
  const filter = excluding(wanted.exclude, place)
  return wanted.sources.map((source) => {
    const pattern = parentsPattern(source, place)
    const pivots = hasWildcards(pattern.pivot) ? matching(index, pattern.pivot, place) : [pattern.pivot]
    const found = pivots.flatMap((pivot) =>
      entriesBelow(index, pivot).filter(({ path }) => pattern.matches(path)),
    )
    const foundEmpty = pivots.flatMap((pivot) => directoriesBelow(index, pivot).filter(pattern.matches))
    if (found.length + foundEmpty.length === 0 && pattern.isRequired)
      throw notFound(index, pattern.path, source, place)
    const entries = found.filter(({ path }) => !filter.ignores(path))
    const empty = foundEmpty.filter((path) => !filter.ignores(path))
    return { name: '', kind: 'directory', entries, empty, modes: mergedModes(index, pivots) }
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
  if (found === undefined) throw notFound(index, path, source, place)
  // --exclude is about what is in a directory: a file that is a source itself is copied, as with BuildKit.
  if (found.kind === 'file') return { name, kind: 'file', entries: [{ path: '', entry: found.entry }] }
  const below = entriesBelow(index, found.path)
  const entries = below.filter((each) => !filter.ignores(each.path))
  const empty = emptyBelow(index, found.path, { below, entries, filter })
  return { name, kind: 'directory', entries, empty, modes: modesBelow(index, found.path) }
}

/** What a directory that is copied brings of directories, those above first. */
export function directoriesOf({ kind, entries, empty = [], modes }: ContextSource): Map<string, number> {
  const found = new Map<string, number>()
  if (kind === 'file') return found
  for (const path of [...entries.map((each) => each.path), ...empty.map((each) => `${each}/`)]) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const directory = path.slice(0, slash)
      found.set(directory, modes?.get(directory) ?? usualDirectoryMode)
    }
  }
  return found
}

type Taken = { below: ContextSource['entries']; entries: ContextSource['entries']; filter: PathFilter }

function emptyBelow(index: ContextIndex, directory: string, { below, entries, filter }: Taken): string[] {
  const before = directoriesBelow(index, directory)
  if (below.length === entries.length && before.length === 0) return []
  const paths = [...below.map(({ path }) => path), ...before.map((path) => `${path}/`)]
  return emptyDirectories(
    paths,
    entries.map(({ path }) => path),
    (path) => filter.ignores(path),
  )
}

/** Those that hold nothing. */
function directoriesBelow({ context }: ContextIndex, directory: string): string[] {
  return (context.empty ?? []).flatMap((path) => pathBelow(directory, path) ?? [])
}

function modesBelow({ context }: ContextIndex, directory: string): Map<string, number> {
  const modes = [...(context.modes ?? [])]
  return new Map(
    modes.flatMap(([path, mode]) => {
      const below = path === directory ? '' : pathBelow(directory, path)
      return below === undefined ? [] : [[below, mode]]
    }),
  )
}

function mergedModes(index: ContextIndex, pivots: readonly string[]): Map<string, number> {
  return new Map(pivots.flatMap((pivot) => [...modesBelow(index, pivot)]))
}

/** Relative to the directory; undefined: it is not below it. */
function pathBelow(directory: string, path: string): string | undefined {
  if (directory === '') return path
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined
}

function entriesBelow({ context }: ContextIndex, directory: string): { path: string; entry: TreeEntry }[] {
  const prefix = directory === '' ? '' : `${directory}/`
  return context.entries
    .filter((entry) => entry.path.startsWith(prefix))
    .map((entry) => ({ path: entry.path.slice(prefix.length), entry }))
}

function notFound(index: ContextIndex, path: string, source: string, place: Place): Error {
  const ignored = [...index.context.ignored].some((each) => each === path || each.startsWith(`${path}/`))
  return buildError['BUILD.SOURCE_NOT_FOUND']({ place, path: source, from: 'the repository', ignored })
}
