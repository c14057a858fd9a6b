import type { Readable } from 'node:stream'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { ByteReader } from '../../archive/byte-reader.ts'
import { type FetchedRepository, fetchRepository, type GitParts, run } from './fetch-repository.ts'
import { gitCommand, treeWords } from './git-commands.ts'
import { RemoteProblem } from './open-url.ts'
import { submoduleAddress } from './repository-address.ts'

/**
 * The files of a commit as a tree to copy from, read object by object: nothing is checked out, so no filter, no hook and
 * no attribute of the repository has a say. Submodules are fetched like repositories of their own, where they lie.
 */
export type RepositoryTree = SourceTree

type Located = { entry: TreeEntry; repository: FetchedRepository }

const mostEntries = 500_000
const deepestSubmodule = 4
const mostSubmodules = 32

/** @throws RemoteProblem, AddressRefused */
export async function repositoryTree(
  parts: GitParts,
  repository: FetchedRepository,
  options: { subdirectory: string; submodules: boolean },
): Promise<RepositoryTree> {
  const located = new Map<string, Located>()
  const left = { submodules: options.submodules ? mostSubmodules : 0 }
  await addEntries({ parts, located, left }, repository, { from: options.subdirectory, to: '', depth: 0 })
  const entries = [...located.values()].map(({ entry }) => entry)
  return {
    entries: async () => entries,
    read: (wanted) => readAll(parts, located, wanted),
  }
}

type Adding = { parts: GitParts; located: Map<string, Located>; left: { submodules: number } }
type Where = { from: string; to: string; depth: number }

async function addEntries(adding: Adding, repository: FetchedRepository, where: Where): Promise<void> {
  const { parts, located, left } = adding
  const { stdoutBytes } = await run(parts, repository.place, treeWords(repository.commit, where.from))
  for (const line of stdoutBytes.toString('utf8').split('\0')) {
    if (line === '') continue
    const { mode, id, size, path } = parsed(line)
    const at = where.to === '' ? path : `${where.to}/${path}`
    if (mode === '160000') {
      if (left.submodules === 0) continue
      left.submodules -= 1
      await addSubmodule(adding, repository, { ...where, path, to: at, commit: id })
      continue
    }
    const entry: TreeEntry = {
      path: at,
      kind: mode === '120000' ? 'link' : 'file',
      executable: mode === '100755',
      contentId: id,
      sizeBytes: size,
    }
    located.set(at, { entry, repository })
    if (located.size > mostEntries) throw new RemoteProblem('it has more than 500,000 files')
  }
}

function parsed(line: string) {
  const match = /^(\d{6}) (?:blob|commit) ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/s.exec(line)
  const path = match?.[4] ?? ''
  const parts = path.split('/')
  if (match === null || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new RemoteProblem('it holds a file whose name cannot be written')
  }
  return { mode: match[1] ?? '', id: match[2] ?? '', size: Number(match[3]) || 0, path }
}

async function addSubmodule(
  adding: Adding,
  repository: FetchedRepository,
  module: Where & { path: string; commit: string },
): Promise<void> {
  if (module.depth >= deepestSubmodule) throw new RemoteProblem('its submodules lie deeper than 4')
  const full = module.from === '' ? module.path : `${module.from}/${module.path}`
  const url = await submoduleUrl(adding.parts, repository, full)
  const source = { repository: url, ref: null, checksum: null }
  const fetched = await fetchRepository(adding.parts, source, module.commit)
  await addEntries(adding, fetched, { from: '', to: module.to, depth: module.depth + 1 })
}

async function submoduleUrl(parts: GitParts, repository: FetchedRepository, path: string): Promise<string> {
  const words = ['config', `--blob=${repository.commit}:.gitmodules`, '-z', '--get-regexp']
  const { stdout } = await run(
    parts,
    repository.place,
    [...words, '^submodule\\..*\\.(path|url)$'],
    [0, 1, 128],
  )
  const values = new Map(
    stdout.split('\0').map((line) => {
      const [key = '', ...rest] = line.split('\n')
      return [key, rest.join('\n')] as const
    }),
  )
  const key = [...values].find(([name, value]) => name.endsWith('.path') && value === path)?.[0]
  const url = key && values.get(key.replace(/\.path$/, '.url'))
  if (!url) throw new RemoteProblem(`its submodule ${path} has no address`)
  return submoduleAddress(repository.url, url)
}

const mostStreamBytes = 64 * 1024 ** 3
const pieceBytes = 256 * 1024

async function* readAll(
  parts: GitParts,
  located: ReadonlyMap<string, Located>,
  wanted: readonly TreeEntry[],
): AsyncIterable<{ entry: TreeEntry; content: Uint8Array }> {
  let at = 0
  while (at < wanted.length) {
    const repository = located.get(wanted[at]?.path ?? '')?.repository
    if (repository === undefined) throw new Error('An entry of another tree')
    let end = at + 1
    while (end < wanted.length && located.get(wanted[end]?.path ?? '')?.repository === repository) end += 1
    yield* readFrom(parts, repository, wanted.slice(at, end))
    at = end
  }
}

async function* readFrom(parts: GitParts, { place }: FetchedRepository, entries: readonly TreeEntry[]) {
  const git = parts.commands.start(gitCommand(place, parts.mostBytes, 'cat-file', '--batch', '--buffer'), {
    signal: parts.signal,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  git.stdin?.on('error', () => undefined)
  git.stdin?.end(entries.map(({ contentId }) => `${contentId}\n`).join(''))
  const reader = new ByteReader(git.stdout as Readable, mostStreamBytes)
  try {
    for (const entry of entries) yield* contentOf(reader, entry)
  } finally {
    git.kill('SIGKILL')
    await git.exited
  }
}

/** `<id> blob <size>`, the bytes, and the end of the line. Source: git-cat-file(1), BATCH OUTPUT. */
async function* contentOf(reader: ByteReader, entry: TreeEntry) {
  const head = `${entry.contentId} blob ${entry.sizeBytes}\n`
  const found = await reader.take(head.length)
  if (found?.toString('latin1') !== head)
    throw new RemoteProblem('its objects are not what they are said to be')
  if (entry.sizeBytes === 0) yield { entry, content: new Uint8Array(0) }
  for (let left = entry.sizeBytes; left > 0; ) {
    const content = await reader.some(Math.min(left, pieceBytes))
    if (content === null) throw new RemoteProblem('it ends too early')
    left -= content.length
    yield { entry, content }
  }
  await reader.take(1)
}
