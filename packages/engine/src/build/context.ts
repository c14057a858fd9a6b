import { posix } from 'node:path'
import type { TreeEntry } from '@berth/domain'
import { buildError } from './errors.ts'

/**
 * The tree as the instructions of a Dockerfile see it: without what .dockerignore leaves out, and with the targets of
 * its links, so that a source that is a link, or lies behind one, is found within the tree, never on the host.
 */
export type BuildContext = {
  /** Files and links. */
  entries: readonly TreeEntry[]
  /** Path of a link → its target. */
  links: ReadonlyMap<string, string>
  /** In the revision, but left out. */
  ignored: ReadonlySet<string>
  /** Directories that hold nothing, or of which everything but they themselves is left out: BuildKit copies them too. */
  empty?: readonly string[]
  /** Of directories that have another mode than 0755. */
  modes?: ReadonlyMap<string, number>
}

export const usualDirectoryMode = 0o755

export const largestContext = { entries: 500_000, bytes: 20 * 1024 ** 3 }
const mostLinksFollowed = 40

export const emptyContext: BuildContext = { entries: [], links: new Map(), ignored: new Set() }

/** @throws BUILD.TOO_LARGE */
export function checkContextSize(entries: readonly TreeEntry[]): void {
  if (entries.length > largestContext.entries) {
    throw buildError['BUILD.TOO_LARGE']({ what: 'The number of files to build from', limit: '500,000' })
  }
  const bytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  if (bytes > largestContext.bytes) {
    throw buildError['BUILD.TOO_LARGE']({ what: 'The size of the files to build from', limit: '20 GB' })
  }
}

/** Lookups over a context, made once per plan: which directories there are. */
export type ContextIndex = {
  context: BuildContext
  files: ReadonlyMap<string, TreeEntry>
  directories: ReadonlySet<string>
}

export function indexContext(context: BuildContext): ContextIndex {
  const files = new Map(context.entries.map((entry) => [entry.path, entry]))
  const directories = new Set<string>([''])
  const empty = (context.empty ?? []).map((path) => ({ path: `${path}/` }))
  for (const { path } of [...context.entries, ...empty]) {
    let slash = path.lastIndexOf('/')
    while (slash > 0) {
      const directory = path.slice(0, slash)
      if (directories.has(directory)) break
      directories.add(directory)
      slash = path.lastIndexOf('/', slash - 1)
    }
  }
  return { context, files, directories }
}

export type Found = { kind: 'file'; entry: TreeEntry } | { kind: 'directory'; path: string }

/** Follows links within the tree, as if the tree were the whole file system. Undefined: there is nothing there. */
export function findInContext(index: ContextIndex, path: string): Found | undefined {
  const rest = parts(path)
  let at = ''
  let followed = 0
  while (rest.length > 0) {
    const part = rest.shift() ?? ''
    if (part === '..') {
      at = parent(at)
      continue
    }
    const next = at === '' ? part : `${at}/${part}`
    const target = index.context.links.get(next)
    if (target === undefined) {
      at = next
      continue
    }
    if (++followed > mostLinksFollowed) return undefined
    if (target.startsWith('/')) at = ''
    rest.unshift(...parts(target))
  }
  const entry = index.files.get(at)
  if (entry !== undefined) return { kind: 'file', entry }
  return index.directories.has(at) ? { kind: 'directory', path: at } : undefined
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function parent(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** A source as the Dockerfile writes it → relative to the root that it is read from; `..` stops at that root. */
export function relativeSource(source: string): string {
  return posix.join('/', source).replace(/^\/+|\/+$/g, '')
}

/** Directories above one of `paths` (`d/` is below `d`), above none of `kept`, that the filter itself does not take. */
export function emptyDirectories(
  paths: Iterable<string>,
  kept: Iterable<string>,
  ignores: (path: string) => boolean,
): string[] {
  const full = new Set<string>()
  for (const path of kept) for (const directory of above(path)) full.add(directory)
  const empty = new Set<string>()
  for (const path of paths)
    for (const directory of above(path)) if (!full.has(directory) && !ignores(directory)) empty.add(directory)
  return [...empty]
}

function* above(path: string): Generator<string> {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    yield path.slice(0, slash)
}
