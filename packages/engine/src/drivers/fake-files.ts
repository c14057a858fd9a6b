import { basename, dirname, posix } from 'node:path'
import { ByteReader } from '../archive/byte-reader.ts'
import { encodeHeader, endOfTar, paddingFor } from '../archive/encode-header.ts'
import { readTar, type TarEntry } from '../archive/read-tar.ts'
import { containerError, pathRefused } from '../container/errors.ts'
import type { ContainerChange, ContainerFile, CopyInOptions } from '../engine.ts'

type FakeFile = Omit<TarEntry, 'content' | 'path'> & { content: Buffer }

/** The files of one fake container: those of every image are `/etc` and `/tmp`, and there are no links on the way. */
export class FakeFiles {
  readonly #files = new Map<string, FakeFile>([
    ['/', directory()],
    ['/etc', directory()],
    ['/tmp', directory()],
  ])
  readonly #image = new Set(this.#files.keys())

  async copyIn(
    path: string,
    archive: AsyncIterable<Uint8Array>,
    { owner = null }: CopyInOptions = {},
  ): Promise<void> {
    const target = clean(path)
    if (this.#files.get(target)?.kind !== 'directory') throw notFound(path, 'directory')
    for await (const entry of readTar(new ByteReader(archive, 2 ** 30))) {
      if (entry.path.split('/').includes('..')) throw pathRefused(entry.path, 'it holds `..`')
      const place = clean(`${target}/${entry.path}`)
      const isDirectory = entry.kind === 'directory'
      const present = this.#files.get(place)
      if (present !== undefined && (present.kind === 'directory') !== isDirectory)
        throw pathRefused(place, 'it is there')
      const content: Buffer[] = []
      for await (const piece of entry.content()) content.push(Buffer.from(piece))
      this.#makeUpTo(dirname(place))
      this.#files.set(place, { ...entry, ...owner, content: Buffer.concat(content) })
    }
  }

  async *copyOut(path: string): AsyncGenerator<Uint8Array> {
    const place = clean(path)
    const found = this.#files.get(place)
    if (found === undefined) throw notFound(path, 'file')
    const name = path.endsWith('/.') || place === '/' ? '' : basename(place)
    for (const [each, file] of [...this.#files].sort()) {
      const below = each === place ? '' : each.slice(place === '/' ? 1 : place.length + 1)
      if (each !== place && !each.startsWith(place === '/' ? '/' : `${place}/`)) continue
      yield* packed(posix.join(name, below), file)
    }
    yield endOfTar
  }

  stat(path: string): ContainerFile | null {
    const place = clean(path)
    const file = this.#files.get(place)
    if (file === undefined) return null
    const { kind, sizeBytes, mode, uid, gid, modifiedSeconds } = file
    const known = kind === 'file' || kind === 'directory' || kind === 'link' ? kind : 'other'
    const modifiedAt = new Date(modifiedSeconds * 1_000)
    return { name: basename(place) || '/', kind: known, sizeBytes, mode, modifiedAt, uid, gid }
  }

  changes(): ContainerChange[] {
    const added = [...this.#files.keys()].filter((path) => !this.#image.has(path))
    const changed = new Set(added.map(dirname).filter((path) => path !== '/' && this.#image.has(path)))
    return [
      ...[...changed].map((path) => ({ path, kind: 'changed' as const })),
      ...added.map((path) => ({ path, kind: 'added' as const })),
    ].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #makeUpTo(path: string): void {
    if (this.#files.has(path)) return
    this.#makeUpTo(dirname(path))
    this.#files.set(path, directory())
  }
}

function* packed(name: string, file: FakeFile): Generator<Buffer> {
  const isDirectory = file.kind === 'directory'
  const path = Buffer.from(isDirectory ? `${name === '.' ? '.' : name}/` : name)
  const kind = file.kind === 'device' ? 'file' : file.kind
  const sizeBytes = file.content.length
  yield encodeHeader({
    ...file,
    kind,
    path,
    sizeBytes,
    linkTarget: Buffer.from(file.linkTarget),
    attributes: [],
  })
  yield file.content
  yield paddingFor(sizeBytes)
}

function directory(): FakeFile {
  const nobodys = { uid: 0, gid: 0, modifiedSeconds: 0, sizeBytes: 0, attributes: new Map() }
  return { ...nobodys, kind: 'directory', linkTarget: '', mode: 0o755, content: Buffer.alloc(0) }
}

function clean(path: string): string {
  return posix.join('/', path).replace(/(.)\/$/, '$1')
}

function notFound(path: string, what: 'file' | 'directory') {
  return containerError['CONTAINER.PATH_NOT_FOUND']({ path, what })
}
