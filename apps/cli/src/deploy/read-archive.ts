import { localRunner } from '@berth/command'
import { ByteReader } from '@berth/engine/archive/byte-reader.ts'
import { decompressed } from '@berth/engine/archive/decompress.ts'
import { readTar, type TarEntry } from '@berth/engine/archive/read-tar.ts'
import { cliError } from '../errors.ts'

/**
 * The files of an archive, as a commit may have them. Nothing is unpacked: each content is handed on as it is read, so no path
 * and no link of the archive is ever one of this machine. What a repository cannot hold, or what would mean something to git or
 * lead out of a tree, refuses the archive.
 */
export type ArchiveFile = {
  path: string
  mode: '100644' | '100755' | '120000'
  /** An earlier file of the same content: a hard link. */
  sameAs: string | null
  sizeBytes: number
  content(): AsyncIterable<Uint8Array>
}

export type ArchiveLimits = { bytes: number; entries: number }

/** As much as a push may bring, and a tree may hold. */
export const archiveLimits: ArchiveLimits = { bytes: 2 * 1024 ** 3, entries: 200_000 }

/** @throws CLI.BAD_ARCHIVE, ARCHIVE.… */
export async function* readArchive(
  file: string,
  limits: ArchiveLimits = archiveLimits,
): AsyncGenerator<ArchiveFile> {
  const refuse = (reason: string) => cliError['CLI.BAD_ARCHIVE']({ file, reason })
  let entries = 0
  for await (const entry of readTar(new ByteReader(decompressed(localRunner, file), limits.bytes))) {
    entries += 1
    if (entries > limits.entries) throw refuse(`it has more than ${limits.entries} entries`)
    if (entry.kind === 'directory') continue
    yield fileOf(entry, refuse)
  }
}

function fileOf(entry: TarEntry, refuse: (reason: string) => Error): ArchiveFile {
  const { kind, linkTarget, sizeBytes } = entry
  const path = checkedPath(entry.path, refuse)
  if (kind === 'fifo' || kind === 'device')
    throw refuse(`${JSON.stringify(path)} is neither a file nor a link`)
  if (kind === 'hard-link') {
    const sameAs = checkedPath(linkTarget, refuse)
    return { path, mode: '100644', sameAs, sizeBytes: 0, content: nothing }
  }
  if (kind === 'link') {
    const target = Buffer.from(linkTarget)
    if (target.length === 0 || linkTarget.includes('\0'))
      throw refuse(`${JSON.stringify(path)} leads nowhere`)
    return { path, mode: '120000', sameAs: null, sizeBytes: target.length, content: () => once(target) }
  }
  const mode = entry.mode & 0o100 ? '100755' : '100644'
  return { path, mode, sameAs: null, sizeBytes, content: () => entry.content() }
}

const longestPath = 4_000

/** What git itself refuses in a tree, and a little more: `.git` in any writing that a file system takes for it. */
function checkedPath(given: string, refuse: (reason: string) => Error): string {
  const path = given.replace(/^(?:\.\/+)+/, '').replace(/\/+/g, '/')
  const said = JSON.stringify(given.slice(0, 100))
  if (path === '' || path.length > longestPath) throw refuse(`${said} is no name of a file`)
  if (path.startsWith('/')) throw refuse(`${said} is an absolute path`)
  if (/[\p{Cc}\ufffd]/u.test(path)) throw refuse(`${said} holds characters that cannot be written`)
  const parts = path.split('/')
  if (parts.some((part) => part === '..' || part === '.' || part === ''))
    throw refuse(`${said} leads out of the archive`)
  if (parts.some((part) => /^(?:\.git|git~\d+)[. ]*$/i.test(part.replace(/\p{Cf}/gu, ''))))
    throw refuse(`${said} would be git's own`)
  return path
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
