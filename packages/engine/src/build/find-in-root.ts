import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { isBerthError } from '@berth/domain'
import { hasWildcards } from '../dockerfile/glob.ts'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import { resolveInRootSync } from '../system/resolve-in-root.ts'
import { relativeSource } from './context.ts'
import { buildError } from './errors.ts'
import { compilePattern } from './select-sources.ts'

/** A file or directory of a mounted root: links on the way, and at the end, led inside the root. */
export type FoundInRoot = { name: string; real: string; stats: Stats }

type Wanted = { source: string; from: string; place: Place }

/** A source of COPY --from; a pattern may find any number. @throws BUILD.SOURCE_NOT_FOUND, BUILD.SYNTAX */
export function findInRoot(root: string, { source, from, place }: Wanted): FoundInRoot[] {
  const path = relativeSource(source)
  const paths = hasWildcards(path) ? matching(root, path.split('/'), place) : [path]
  return paths.map((each) => {
    const found = lookInRoot(root, each)
    if (found === undefined) {
      throw buildError['BUILD.SOURCE_NOT_FOUND']({ place, path: source, from, ignored: false })
    }
    return found
  })
}

function matching(root: string, parts: readonly string[], place: Place): string[] {
  let paths = ['']
  for (const part of parts) {
    const glob = compilePattern(part, place)
    paths = hasWildcards(part)
      ? paths.flatMap((path) =>
          namesIn(root, path)
            .filter((name) => glob.matches(name))
            .map((name) => joined(path, inUtf8(name, place))),
        )
      : paths.map((path) => joined(path, part))
  }
  return paths.filter((path) => lookInRoot(root, path) !== undefined).sort()
}

/** @throws BUILD.COPY_CONFLICT */
function inUtf8(name: string, place: Place): string {
  if (!name.includes('\ufffd')) return name
  const problem = `the pattern matches ${quoted(name)}, a name that is not UTF-8: copy the directory that it is in.`
  throw buildError['BUILD.COPY_CONFLICT']({ place, problem })
}

function namesIn(root: string, path: string): string[] {
  const found = lookInRoot(root, path)
  return found?.stats.isDirectory() ? readdirSync(found.real) : []
}

function lookInRoot(root: string, path: string): FoundInRoot | undefined {
  try {
    const real = resolveInRootSync(root, path)
    const stats = lstatSync(real, { throwIfNoEntry: false })
    return stats && { name: path.slice(path.lastIndexOf('/') + 1), real, stats }
  } catch (error) {
    if (isBerthError(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`
}
