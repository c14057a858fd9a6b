import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { ignoresNothing, type PathFilter, parseIgnoreFile } from '../dockerfile/ignore-file.ts'
import { contextError } from './errors.ts'

/**
 * A directory of this machine as a tree to build from, as BuildKit sends it: files and directories with their modes, empty
 * ones too, without their owners. Links are entries, never followed; sockets, pipes and devices are left out. Content ids
 * are SHA-256 of the content; a file whose content is another one by the time it is read ends the build, because its layer
 * would be kept under a key that is not its own.
 *
 * What the ignore file leaves out is listed, so that messages can name it, but not read; where no pattern takes anything
 * back in, an ignored directory is not entered.
 */
export async function directoryTree(directory: string, dockerfilePath = 'Dockerfile'): Promise<SourceTree> {
  if (!(await lstat(`${directory}/.`).then((found) => found.isDirectory(), isMissing))) {
    throw contextError['CONTEXT.NOT_A_DIRECTORY']({ path: directory })
  }
  let listed: Promise<readonly TreeEntry[]> | undefined
  const entries = () => {
    listed ??= ignoreFilter(directory, dockerfilePath).then((filter) => listEntries(directory, filter))
    return listed
  }
  return { entries, read: (wanted) => readEntries(directory, wanted) }
}

const readAtOnceBytes = 1024 * 1024
const pieceBytes = 256 * 1024
const filesAtOnce = 16
/** Of what is not read: no content has it. */
const unreadId = 'ignored'

type Ignoring = { filter: PathFilter; takesBack: boolean }

async function ignoreFilter(directory: string, dockerfilePath: string): Promise<Ignoring> {
  for (const path of [`${dockerfilePath}.dockerignore`, '.dockerignore']) {
    const text = await readFile(join(directory, path), 'utf8').catch(nullWhenMissing)
    if (text !== null) return { filter: parseIgnoreFile(path, text), takesBack: /^\s*!/m.test(text) }
  }
  return { filter: ignoresNothing, takesBack: false }
}

async function listEntries(directory: string, ignoring: Ignoring): Promise<readonly TreeEntry[]> {
  const paths: string[] = []
  await walk(directory, '', ignoring, paths)
  const entries = await inBatches(paths, (path) => entryOf(directory, path, ignoring.filter))
  return entries
    .filter((entry) => entry !== null)
    .sort((one, other) => Buffer.from(one.path).compare(Buffer.from(other.path)))
}

async function walk(directory: string, at: string, ignoring: Ignoring, found: string[]): Promise<void> {
  for (const entry of await readdir(join(directory, at), { withFileTypes: true })) {
    const path = at === '' ? entry.name : `${at}/${entry.name}`
    found.push(path)
    if (entry.isDirectory() && (ignoring.takesBack || !ignoring.filter.ignores(path)))
      await walk(directory, path, ignoring, found)
  }
}

async function entryOf(directory: string, path: string, filter: PathFilter): Promise<TreeEntry | null> {
  const place = join(directory, path)
  const found = await lstat(place)
  if (found.isSymbolicLink()) {
    const target = await readlink(place, 'buffer')
    return { path, kind: 'link', executable: false, contentId: idOf(target), sizeBytes: target.length }
  }
  const mode = found.mode & 0o7777
  if (found.isDirectory())
    return { path, kind: 'directory', executable: false, mode, contentId: '', sizeBytes: 0 }
  if (!found.isFile()) return null
  const entry = { path, executable: (mode & 0o111) !== 0, mode, sizeBytes: found.size }
  if (filter.ignores(path) && !mayBeAskedFor(path)) return { ...entry, kind: 'file', contentId: unreadId }
  const { id, sizeBytes } = await hashFile(place, path)
  return { ...entry, kind: 'file', contentId: id, sizeBytes }
}

/** Dockerfiles and ignore files are read by the build itself, ignored or not. */
function mayBeAskedFor(path: string): boolean {
  return /(?:^|\/)(?:[^/]*[Dd]ockerfile[^/]*|\.dockerignore)$/.test(path)
}

async function hashFile(place: string, path: string): Promise<{ id: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const bytes of piecesOf(place, path)) {
    hash.update(bytes)
    sizeBytes += bytes.length
  }
  return { id: hash.digest('hex'), sizeBytes }
}

async function* readEntries(directory: string, wanted: readonly TreeEntry[]) {
  for (const entry of wanted) {
    const place = join(directory, entry.path)
    if (entry.kind === 'link') yield { entry, content: await readTarget(place, entry) }
    else if (entry.sizeBytes <= readAtOnceBytes) yield { entry, content: await readWhole(place, entry) }
    else yield* readLarge(place, entry)
  }
}

async function readTarget(place: string, entry: TreeEntry): Promise<Uint8Array> {
  const target = await readlink(place, 'buffer').catch(() => Buffer.alloc(0))
  return unchanged(entry, target)
}

async function readWhole(place: string, entry: TreeEntry): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const bytes of piecesOf(place, entry.path)) {
    sizeBytes += bytes.length
    if (sizeBytes > entry.sizeBytes) break
    pieces.push(bytes)
  }
  return unchanged(entry, Buffer.concat(pieces))
}

async function* readLarge(place: string, entry: TreeEntry) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const content of piecesOf(place, entry.path)) {
    sizeBytes += content.length
    if (sizeBytes > entry.sizeBytes) break
    hash.update(content)
    yield { entry, content }
  }
  if (sizeBytes !== entry.sizeBytes || hash.digest('hex') !== entry.contentId) throw changed(entry)
}

/** A link put in its place meanwhile is not followed, and a pipe is not waited for. @throws CONTEXT.CHANGED */
async function* piecesOf(place: string, path: string): AsyncGenerator<Uint8Array> {
  const file = await openFile(place, path)
  try {
    if (!(await file.stat()).isFile()) throw changed({ path })
    for (;;) {
      const buffer = Buffer.allocUnsafe(pieceBytes)
      const { bytesRead } = await file.read(buffer, 0, pieceBytes, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function openFile(place: string, path: string): Promise<FileHandle> {
  try {
    return await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code) ? changed({ path }) : error
  }
}

function unchanged(entry: TreeEntry, content: Uint8Array): Uint8Array {
  if (idOf(content) !== entry.contentId) throw changed(entry)
  return content
}

function changed({ path }: Pick<TreeEntry, 'path'>): Error {
  return contextError['CONTEXT.CHANGED']({ path })
}

function idOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function inBatches<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>) {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += filesAtOnce) {
    results.push(...(await Promise.all(items.slice(from, from + filesAtOnce).map(work))))
  }
  return results
}

function isMissing(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
  throw error
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'EISDIR') return null
  throw error
}
