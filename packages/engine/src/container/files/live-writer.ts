import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { acceptedAttributes } from '../../archive/accepted-attributes.ts'
import type { TarEntry } from '../../archive/read-tar.ts'
import type { IdRange } from '../../filesystem.ts'
import { makeNode, setAttribute } from '../../system/syscalls.ts'
import { pathRefused } from '../errors.ts'
import { openDirectoryAt, through } from './place.ts'

/**
 * Makes the files of an archive in a tree that others change meanwhile: every directory is opened inside the root, and
 * what is made in it is made through it, anew, never through what is there. A directory takes no other file's place,
 * nor the other way round; nothing is removed but single files that are replaced. (archive/tree-writer.ts is for trees
 * that nobody else writes to.)
 */
export class LiveWriter {
  readonly #root: number
  readonly #target: string
  readonly #range: IdRange
  readonly #owner: { uid: number; gid: number } | null

  constructor(
    root: number,
    target: string,
    { range, owner }: { range: IdRange; owner: { uid: number; gid: number } | null },
  ) {
    this.#root = root
    this.#target = target
    this.#range = range
    this.#owner = owner
  }

  async write(entry: TarEntry): Promise<void> {
    const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.')
    const name = parts.pop()
    if (name === undefined || entry.kind === 'device') return
    if ([...parts, name].includes('..')) throw pathRefused(entry.path, 'it holds `..`')
    const parent = this.#openParent(parts)
    try {
      await this.#writeAt(`${through(parent)}/${name}`, entry)
    } finally {
      closeSync(parent)
    }
  }

  async #writeAt(place: string, entry: TarEntry): Promise<void> {
    const present = lstatSync(place, { throwIfNoEntry: false })
    if (entry.kind === 'directory') return this.#directory(place, entry, present)
    if (present?.isDirectory()) throw pathRefused(entry.path, 'there is a directory of that name')
    if (entry.kind === 'hard-link') return this.#hardLink(place, entry, present)
    if (present !== undefined) unlinkSync(place)
    if (entry.kind === 'file') return this.#file(place, entry)
    if (entry.kind === 'link') symlinkSync(entry.linkTarget, place)
    else makeNode(place, 'fifo', entry.mode)
    const { uid, gid } = this.#ownerOf(entry)
    lchownSync(place, uid, gid)
    lutimesSync(place, timeOf(entry), timeOf(entry))
  }

  #directory(place: string, entry: TarEntry, present: Stats | undefined): void {
    if (present === undefined) mkdirSync(place, { mode: 0o700 })
    else if (!present.isDirectory()) throw pathRefused(entry.path, 'there is a file of that name')
    const directory = openSync(place, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    try {
      this.#finish(directory, place, entry)
    } finally {
      closeSync(directory)
    }
  }

  async #file(place: string, entry: TarEntry): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const descriptor = openSync(place, flags, 0o600)
    try {
      for await (const piece of entry.content()) {
        for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at)
      }
      this.#finish(descriptor, place, entry)
    } finally {
      closeSync(descriptor)
    }
  }

  #hardLink(place: string, entry: TarEntry, present: Stats | undefined): void {
    const parts = entry.linkTarget.split('/').filter((part) => part !== '' && part !== '.')
    const name = parts.pop() ?? ''
    if (name === '' || [...parts, name].includes('..')) throw pathRefused(entry.linkTarget, 'it holds `..`')
    const parent = openDirectoryAt(this.#root, [this.#target, ...parts].join('/'))
    try {
      const source = `${through(parent)}/${name}`
      const found = lstatSync(source, { throwIfNoEntry: false })
      if (found === undefined || found.isDirectory())
        throw pathRefused(entry.path, 'it is a hard link to nothing')
      if (present !== undefined) unlinkSync(place)
      linkSync(source, place)
    } finally {
      closeSync(parent)
    }
  }

  #finish(descriptor: number, place: string, entry: TarEntry): void {
    const { uid, gid } = this.#ownerOf(entry)
    fchownSync(descriptor, uid, gid)
    fchmodSync(descriptor, entry.mode)
    for (const [name, value] of acceptedAttributes(entry)) setAttribute(place, name, value)
    futimesSync(descriptor, timeOf(entry), timeOf(entry))
  }

  /** Directories that the archive left out belong to root, as do those on the way. */
  #openParent(parts: readonly string[]): number {
    let parent = openDirectoryAt(this.#root, this.#target)
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const place = `${through(parent)}/${parts[depth - 1]}`
      try {
        if (lstatSync(place, { throwIfNoEntry: false }) === undefined) {
          mkdirSync(place, { mode: 0o755 })
          lchownSync(place, this.#range.start, this.#range.start)
        }
      } finally {
        closeSync(parent)
      }
      parent = openDirectoryAt(this.#root, [this.#target, ...parts.slice(0, depth)].join('/'))
    }
    return parent
  }

  #ownerOf(entry: TarEntry): { uid: number; gid: number } {
    const { uid, gid } = this.#owner ?? entry
    return { uid: outside(this.#range, uid), gid: outside(this.#range, gid) }
  }
}

const nobody = 65_534
/** ext4 ends in 2446. */
const latestSeconds = 2 ** 33

function outside({ start, size }: IdRange, id: number): number {
  return start + (id >= 0 && id < size ? id : nobody)
}

function timeOf(entry: TarEntry): number {
  return Math.min(Math.max(entry.modifiedSeconds, 0), latestSeconds)
}
