import { closeSync } from 'node:fs'
import { basename, dirname, posix } from 'node:path'
import type { ContainerFile } from '../../engine.ts'
import { containerError } from '../errors.ts'
import { type Held, slotOf } from '../held-containers.ts'
import { type HeldRoot, holdRoot } from './hold-root.ts'
import { liveFileTar, liveTar } from './live-tar.ts'
import { openDirectoryAt, statAt } from './place.ts'

/**
 * A path of a container as a tar, whose entries begin with the path's last name; `/` at the end: what a link leads to;
 * `/.` at the end: the content alone. As Docker has it.
 *
 * @throws CONTAINER.PATH_NOT_FOUND, CONTAINER.PATH_REFUSED
 */
export async function* copyOut(held: Held, id: string, path: string): AsyncGenerator<Uint8Array> {
  const root = await holdRoot(held, slotOf(held, id))
  try {
    yield* tarOf(root, path)
  } finally {
    await root.release()
  }
}

async function* tarOf({ directory, range }: HeldRoot, given: string): AsyncGenerator<Uint8Array> {
  const path = posix.join('/', given)
  const follows = given.endsWith('/') || given.endsWith('/.')
  const stats = statAt(directory, path)
  if (stats === undefined) throw containerError['CONTAINER.PATH_NOT_FOUND']({ path: given, what: 'file' })
  if (!stats.isDirectory() && !follows) {
    const parent = openDirectoryAt(directory, dirname(path))
    try {
      return yield* liveFileTar(parent, basename(path), range)
    } finally {
      closeSync(parent)
    }
  }
  const top = openDirectoryAt(directory, path)
  try {
    const name = given.endsWith('/.') || path === '/' ? '' : basename(path)
    yield* liveTar({ top, range, name, stayOnDevice: false })
  } finally {
    closeSync(top)
  }
}

/** The root without what is mounted in it, as `export` has it. */
export async function* exportContainer(held: Held, id: string): AsyncGenerator<Uint8Array> {
  const { directory, range, release } = await holdRoot(held, slotOf(held, id))
  try {
    yield* liveTar({ top: directory, range, name: '', stayOnDevice: true })
  } finally {
    await release()
  }
}

/** What lies at a path; a link is not followed, unless `/` stands behind it. Null: nothing. */
export async function statPath(held: Held, id: string, path: string): Promise<ContainerFile | null> {
  const { directory, range, release } = await holdRoot(held, slotOf(held, id))
  try {
    const stats = statAt(directory, path.endsWith('/') ? `${path}.` : path)
    if (stats === undefined) return null
    return {
      name: basename(posix.join('/', path)) || '/',
      kind: stats.isDirectory()
        ? 'directory'
        : stats.isFile()
          ? 'file'
          : stats.isSymbolicLink()
            ? 'link'
            : 'other',
      ...{ sizeBytes: stats.size, mode: stats.mode & 0o7777, modifiedAt: stats.mtime },
      ...{ uid: stats.uid - range.start, gid: stats.gid - range.start },
    }
  } finally {
    await release()
  }
}
