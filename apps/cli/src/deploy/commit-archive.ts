import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { localRunner } from '@berth/command'
import { cliError } from '../errors.ts'
import type { ArchiveFile } from './read-archive.ts'

export type ArchiveCommit = {
  /** A bare repository of our own. */
  repository: string
  /** The archive, for messages. */
  file: string
  files: AsyncIterable<ArchiveFile>
  message: string
  author: { name: string; email: string }
  /** What it follows; null: it is the first. */
  parent: string | null
}

/** The branch that the commit is made on. */
export const archiveBranch = 'refs/heads/archive'

/**
 * Makes the files of an archive a commit, through `git fast-import`: contents pass as a stream into the repository's objects,
 * and nothing becomes a file of its own. Where everything lies in one directory, that directory's content counts, as for
 * archives that GitHub makes.
 * @throws CLI.BAD_ARCHIVE, and what reading the archive throws
 */
export async function commitArchive(given: ArchiveCommit): Promise<void> {
  const git = localRunner.start(
    {
      argv: ['git', 'fast-import', '--quiet', '--done', '--date-format=now'],
      cwd: given.repository,
      env: { GIT_DIR: given.repository, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    },
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  const said = text(git.stderr as Readable)
  const input = git.stdin as Writable
  let broken = false
  input.on('error', () => {
    broken = true
  })
  try {
    const entries = await writeBlobs(given, (bytes) => write(input, bytes, () => broken))
    if (entries.size === 0)
      throw cliError['CLI.BAD_ARCHIVE']({ file: given.file, reason: 'it holds no file' })
    await write(input, commitOf(given, withoutTop(entries)), () => broken)
    input.end()
  } catch (error) {
    git.kill('SIGKILL')
    await git.exited
    throw error
  }
  const { status } = await git.exited
  if (status === 0) return
  const reason = (await said).split('\n').find((line) => line.includes('fatal')) ?? 'git did not take it'
  throw cliError['CLI.BAD_ARCHIVE']({ file: given.file, reason: reason.replace(/^fatal: /, '') })
}

type Entry = { mode: ArchiveFile['mode']; mark: number }

async function writeBlobs(
  { file, files }: ArchiveCommit,
  send: (bytes: Uint8Array | string) => Promise<void>,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  let mark = 0
  for await (const { path, mode, sameAs, sizeBytes, content } of files) {
    if (sameAs !== null) {
      const original = entries.get(sameAs)
      if (original === undefined)
        throw cliError['CLI.BAD_ARCHIVE']({ file, reason: `${path} is a link to what is not in it` })
      entries.set(path, original)
      continue
    }
    mark += 1
    await send(`blob\nmark :${mark}\ndata ${sizeBytes}\n`)
    for await (const bytes of content()) await send(bytes)
    await send('\n')
    entries.set(path, { mode, mark })
  }
  return entries
}

function withoutTop(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const tops = new Set([...entries.keys()].map((path) => path.slice(0, path.indexOf('/') + 1)))
  const [top = ''] = tops
  if (tops.size !== 1 || top === '') return entries
  return new Map([...entries].map(([path, entry]) => [path.slice(top.length), entry]))
}

/** Source: git-fast-import(1). */
function commitOf({ author, message, parent }: ArchiveCommit, entries: ReadonlyMap<string, Entry>): string {
  const text = Buffer.from(message)
  const lines = [
    `commit ${archiveBranch}`,
    `committer ${plainName(author.name)} <${plainName(author.email)}> now`,
    `data ${text.length}`,
    message,
    ...(parent === null ? [] : [`from ${parent}`]),
    'deleteall',
    ...[...entries].map(([path, { mode, mark }]) => `M ${mode} :${mark} ${quoted(path)}`),
    'done',
    '',
  ]
  return lines.join('\n')
}

function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`
}

function plainName(name: string): string {
  return name.replace(/[<>\p{Cc}]/gu, '').trim() || 'berth'
}

async function write(input: Writable, bytes: Uint8Array | string, isBroken: () => boolean): Promise<void> {
  if (isBroken() || input.write(bytes)) return
  await Promise.race([once(input, 'drain'), once(input, 'close')]).catch(() => undefined)
}
