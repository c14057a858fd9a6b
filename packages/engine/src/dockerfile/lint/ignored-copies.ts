import type { ContextIndex } from '../../build/context.ts'
import { relativeSource } from '../../build/context.ts'
import type { Variables } from '../expand-words.ts'
import { budgetOf } from '../expand-words.ts'
import { compileGlob, GlobProblem, hasWildcards } from '../glob.ts'
import type { CopyInstruction } from '../instruction.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'
import { expandWatched } from './watched-variables.ts'

/**
 * CopyIgnoredFile: a source of which .dockerignore leaves nothing over. BuildKit looks at the patterns alone; this looks
 * at the files, so that patterns with exceptions are understood as well.
 */
export function ignoredCopies(
  instruction: CopyInstruction,
  index: ContextIndex,
  scope: { variables: Variables; escape: '\\' | '`' },
): Finding[] {
  if (instruction.from !== null || index.context.ignored.size === 0) return []
  const budget = budgetOf(instruction.place.source)
  return instruction.sources.flatMap((source) => {
    const { text } = expandWatched(source, scope.variables, { escape: scope.escape, budget })
    const isOut = text !== null && !/^[a-z]+:\/\//i.test(text) && isLeftOut(relativeSource(text), index)
    if (!isOut) return []
    const problem = `.dockerignore leaves out everything that ${instruction.keyword} ${quoted(text)} would take.`
    return [{ rule: 'CopyIgnoredFile', line: instruction.place.line, text: problem }]
  })
}

function isLeftOut(source: string, { context, files, directories }: ContextIndex): boolean {
  const matches = matcherOf(source)
  const isTaken =
    source === '' || hasWildcards(source)
      ? context.entries.some(({ path }) => matches(path))
      : files.has(source) || directories.has(source)
  return !isTaken && [...context.ignored].some(matches)
}

/** Matches a path, or a directory above it. */
function matcherOf(source: string): (path: string) => boolean {
  if (source === '') return () => true
  const matches = matchOf(source)
  return (path) => {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      if (matches(path.slice(0, end))) return true
    }
    return matches(path)
  }
}

function matchOf(source: string): (path: string) => boolean {
  const literal = (path: string) => path === source
  if (!hasWildcards(source)) return literal
  try {
    return compileGlob(source, { doubleStar: false }).matches
  } catch (error) {
    if (error instanceof GlobProblem) return literal
    throw error
  }
}
