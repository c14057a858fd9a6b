import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { openInRoot } from './syscalls.ts'

/**
 * Looking into a tree that others change meanwhile: the kernel itself keeps the path inside (openat2), so there is no
 * moment between looking and opening. `root` is a directory's path that only the engine names.
 */

const nothingThere: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'])

/** A plain file to read; undefined where there is none. A pipe does not hold us up. */
export function openFileInRoot<Result>(
  root: string,
  path: string,
  work: (descriptor: number) => Result,
): Result | undefined {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY
  const directory = openDirectory(root)
  try {
    const descriptor = openInRoot(directory, path, { flags })
    try {
      return fstatSync(descriptor).isFile() ? work(descriptor) : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (nothingThere.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  } finally {
    closeSync(directory)
  }
}

export function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
}
