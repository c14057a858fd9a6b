import { posix } from 'node:path'
import { entryMode, type SourceTree, type TreeEntry } from '@berth/domain'
import { ignoresNothing, type PathFilter, parseIgnoreFile } from '../dockerfile/ignore-file.ts'
import type { Dockerfile } from '../dockerfile/instruction.ts'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import {
  type BuildContext,
  type ContextIndex,
  checkContextSize,
  emptyDirectories,
  findInContext,
  indexContext,
  usualDirectoryMode,
} from './context.ts'
import { buildError } from './errors.ts'
import { exampleDockerfile } from './example-dockerfile.ts'

/**
 * A tree → its Dockerfile, and what the Dockerfile sees of the tree. Both are read from the tree, never from the host:
 * a Dockerfile that is a link is looked for within the tree.
 */
export type OpenedContext = { dockerfile: Dockerfile; context: BuildContext }

const largestTextBytes = 1024 * 1024
const longestLinkBytes = 4096

/** @throws BUILD.DOCKERFILE_OUTSIDE, BUILD.NO_DOCKERFILE, BUILD.TOO_LARGE, BUILD.SYNTAX, BUILD.IGNORE_FILE … */
export async function openContext(tree: SourceTree, dockerfilePath: string): Promise<OpenedContext> {
  const path = withinTree(dockerfilePath)
  const given = await tree.entries()
  checkContextSize(given)
  const entries = given.filter(({ kind }) => kind !== 'directory')
  const directories = given.filter(({ kind }) => kind === 'directory')
  const links = await readLinks(tree, entries)
  const all = indexContext({ entries, links, ignored: new Set() })

  const found = findInContext(all, path)
  if (found?.kind !== 'file') {
    const example = exampleDockerfile(new Set(all.files.keys()))
    throw buildError['BUILD.NO_DOCKERFILE']({ path: dockerfilePath, example })
  }
  const dockerfile = parseDockerfile(path, await readText(tree, found.entry))
  const filter = await readFilter(tree, ignoreFile(all, path))
  return { dockerfile, context: filtered({ entries, directories, links }, filter) }
}

function withinTree(given: string): string {
  const path = posix.normalize(given)
  if (
    given === '' ||
    path.startsWith('/') ||
    path === '..' ||
    path.startsWith('../') ||
    path.includes('\0')
  ) {
    throw buildError['BUILD.DOCKERFILE_OUTSIDE']({ path: given })
  }
  return path
}

async function readLinks(tree: SourceTree, entries: readonly TreeEntry[]): Promise<Map<string, string>> {
  const links = entries.filter((entry) => entry.kind === 'link' && entry.sizeBytes <= longestLinkBytes)
  const targets = new Map<string, string>()
  if (links.length === 0) return targets
  for await (const { entry, content } of tree.read(links))
    targets.set(entry.path, Buffer.from(content).toString())
  return targets
}

async function readText(tree: SourceTree, entry: TreeEntry): Promise<string> {
  if (entry.sizeBytes > largestTextBytes) {
    throw buildError['BUILD.TOO_LARGE']({ what: `The file ${entry.path.slice(0, 80)}`, limit: '1 MB' })
  }
  let text = ''
  for await (const { content } of tree.read([entry])) text += Buffer.from(content).toString('utf8')
  return text
}

/** The one that is named after the Dockerfile, or else the one for all. Links to them are followed, within the tree. */
function ignoreFile(index: ContextIndex, dockerfilePath: string): TreeEntry | undefined {
  const found = [`${dockerfilePath}.dockerignore`, '.dockerignore'].map((path) => findInContext(index, path))
  return found
    .flatMap((each) => (each?.kind === 'file' ? [each.entry] : []))
    .find((entry) => entry.kind === 'file')
}

async function readFilter(tree: SourceTree, entry: TreeEntry | undefined): Promise<PathFilter> {
  if (entry === undefined) return ignoresNothing
  return parseIgnoreFile(entry.path, await readText(tree, entry))
}

type Listed = {
  entries: readonly TreeEntry[]
  directories: readonly TreeEntry[]
  links: ReadonlyMap<string, string>
}

function filtered({ entries, directories, links }: Listed, filter: PathFilter): BuildContext {
  const all = [...entries, ...directories]
  const ignored = new Set(
    filter === ignoresNothing ? [] : all.map(({ path }) => path).filter((path) => filter.ignores(path)),
  )
  const kept = ignored.size === 0 ? entries : entries.filter(({ path }) => !ignored.has(path))
  const unusual = directories.filter((each) => entryMode(each) !== usualDirectoryMode)
  return {
    entries: kept,
    empty: emptyIn({ kept, directories, ignored }, filter),
    modes: new Map(unusual.map((each) => [each.path, entryMode(each)])),
    links: ignored.size === 0 ? links : new Map([...links].filter(([path]) => !ignored.has(path))),
    ignored,
  }
}

type Kept = {
  kept: readonly TreeEntry[]
  directories: readonly TreeEntry[]
  ignored: ReadonlySet<string>
}

function emptyIn({ kept, directories, ignored }: Kept, filter: PathFilter): string[] {
  if (directories.length + ignored.size === 0) return []
  const paths = [...ignored, ...directories.map(({ path }) => `${path}/`)]
  const keptPaths = kept.map(({ path }) => path)
  return emptyDirectories(paths, keptPaths, (path) => filter.ignores(path))
}
