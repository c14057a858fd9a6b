import { posix } from 'node:path'
import { buildError } from '../build/errors.ts'
import { compileGlob, type Glob, GlobProblem } from './glob.ts'

/**
 * .dockerignore: which paths of the tree a build does not see. The last pattern that matches a path, or a directory
 * above it, decides; `!` takes paths back in. Reference: moby/patternmatcher and its ignorefile package.
 */
export type PathFilter = { ignores(path: string): boolean }

type Pattern = { glob: Glob; exception: boolean }

const mostPatterns = 1_000
/** Matching patterns with a tree may take about this long. Only patterns that are made for it come near. */
const mostNanoseconds = 20e9

export const ignoresNothing: PathFilter = { ignores: () => false }

/** @throws BUILD.IGNORE_FILE */
export function parseIgnoreFile(path: string, text: string): PathFilter {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  const source = { path, lines }
  const patterns = lines.flatMap((line, index) => {
    try {
      return parsePattern(line.startsWith('#') ? '' : line)
    } catch (error) {
      if (!(error instanceof GlobProblem)) throw error
      const place = { source, line: index + 1, endLine: index + 1 }
      throw buildError['BUILD.IGNORE_FILE']({ place, problem: error.message })
    }
  })
  if (patterns.length > mostPatterns) {
    const place = { source, line: 1, endLine: 1 }
    throw buildError['BUILD.IGNORE_FILE']({
      place,
      problem: `the file has more than ${mostPatterns} patterns.`,
    })
  }
  return filterOf(patterns, () => {
    const problem = 'its patterns take too long to match with the files of this tree.'
    throw buildError['BUILD.IGNORE_FILE']({ place: { source, line: 1, endLine: 1 }, problem })
  })
}

/** The same rules for patterns given elsewhere: `COPY --exclude`. @throws GlobProblem */
export function ignorePatterns(patterns: readonly string[]): PathFilter {
  return filterOf(patterns.flatMap(parsePattern), () => {
    throw buildError['BUILD.TOO_LARGE']({ what: 'The work of matching --exclude', limit: 'a build may take' })
  })
}

function parsePattern(line: string): Pattern[] {
  const trimmed = line.trim()
  if (trimmed === '') return []
  const exception = trimmed.startsWith('!')
  const given = exception ? trimmed.slice(1).trim() : trimmed
  if (given === '') throw new GlobProblem('"!" alone is no pattern.')
  const clean = posix.normalize(given).replace(/(.)\/+$/s, '$1')
  const relative = clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean
  return [{ glob: compileGlob(relative, { doubleStar: true }), exception }]
}

function filterOf(patterns: readonly Pattern[], refuse: () => never): PathFilter {
  if (patterns.length === 0) return ignoresNothing
  let spentNs = 0
  const directories = new Map<string, readonly boolean[]>()
  const none = patterns.map(() => false)

  /** For each pattern: does it match the path or a directory above it? Directories are remembered. */
  const matchesOf = (path: string, isDirectory: boolean): readonly boolean[] => {
    const known = directories.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const above = slash < 0 ? none : matchesOf(path.slice(0, slash), true)
    if (spentNs > mostNanoseconds) refuse()
    const matches = patterns.map(({ glob }, index) => {
      if (above[index] === true) return true
      spentNs += glob.costNs(path)
      return glob.matches(path)
    })
    if (isDirectory) directories.set(path, matches)
    return matches
  }

  return {
    ignores(path) {
      const matches = matchesOf(path, false)
      const last = matches.lastIndexOf(true)
      return last >= 0 && patterns[last]?.exception === false
    },
  }
}
