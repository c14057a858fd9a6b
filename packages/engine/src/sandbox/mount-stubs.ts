import { lstat, rmdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import { kernelMountPoints } from './oci-spec.ts'
import { kindOf } from './safe-root.ts'

/** A mount point that is not in the root yet, so that the runtime will make it: a file, or a directory on the way to one. */
export type Stub = { path: string; kind: 'a file' | 'a directory' }

/** What the runtime will have to make; deepest last. */
export async function missingMountPoints(root: string, fileTargets: readonly string[]): Promise<Stub[]> {
  const wanted: Stub[] = [
    ...kernelMountPoints.map((path) => ({ path: `${root}${path}`, kind: 'a directory' as const })),
    ...(await Promise.all(fileTargets.map((target) => stubsOf(root, target)))).flat(),
  ]
  const unique = [...new Map(wanted.map((stub) => [stub.path, stub])).values()]
  const kinds = await Promise.all(unique.map((stub) => kindOf(stub.path)))
  return unique
    .filter((_stub, index) => kinds[index] === 'nothing')
    .sort((a, b) => a.path.length - b.path.length)
}

/**
 * Removes them again, unless somebody put something into them: a file that is not empty, a directory that holds
 * anything. Only after the last process has ended: nothing moves in the root any more.
 */
export async function removeStubs(stubs: readonly Stub[]): Promise<void> {
  for (const { path, kind } of stubs.toReversed()) {
    const found = await kindOf(path)
    if (found !== kind) continue
    if (kind === 'a directory') await rmdir(path).catch(notEmpty)
    else if ((await lstat(path)).size === 0) await unlink(path)
  }
}

async function stubsOf(root: string, target: string): Promise<Stub[]> {
  const file = await resolveInRoot(root, target)
  const stubs: Stub[] = [{ path: file, kind: 'a file' }]
  for (let path = dirname(file); path.length > root.length; path = dirname(path)) {
    stubs.push({ path, kind: 'a directory' })
  }
  return stubs
}

function notEmpty(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
