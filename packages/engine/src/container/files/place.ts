import { closeSync, constants, fstatSync, type Stats, statfsSync } from 'node:fs'
import { openInRoot } from '../../system/syscalls.ts'
import { containerError, pathRefused } from '../errors.ts'

/**
 * Paths in a container that may change them while we look. The kernel resolves them inside the root (openat2), and what
 * was opened is worked on through its descriptor: there is no moment in which a link could lead out (CVE-2018-15664).
 */

/** A directory's entries lie below this path, whatever becomes of the directory's name. The last part is not followed. */
export function through(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`
}

const missing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'])

/** Links are followed, inside. @throws CONTAINER.PATH_NOT_FOUND, CONTAINER.PATH_REFUSED */
export function openDirectoryAt(root: number, path: string | Buffer, flags = 0): number {
  try {
    const directory = openInRoot(root, path, { flags: constants.O_RDONLY | constants.O_DIRECTORY | flags })
    if (!isKernels(directory)) return directory
    closeSync(directory)
  } catch (error) {
    if (!missing.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw containerError['CONTAINER.PATH_NOT_FOUND']({ path: path.toString(), what: 'directory' })
  }
  throw pathRefused(path, 'it is the kernel’s, not a place for files')
}

/** Its own words, where it is a link; undefined: nothing is there. */
export function statAt(root: number, path: string): Stats | undefined {
  const pathOnly = 0o10000000
  try {
    const found = openInRoot(root, path, { flags: pathOnly | constants.O_NOFOLLOW })
    try {
      return fstatSync(found)
    } finally {
      closeSync(found)
    }
  } catch (error) {
    if (missing.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Source: statfs(2): proc, sysfs, cgroup, cgroup2, devpts, mqueue. */
const kernelFileSystems: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x19800202,
])

/** What is read and written there is not files: a process's memory, say. */
export function isKernels(directory: number): boolean {
  return kernelFileSystems.has(statfsSync(through(directory)).type)
}
