import { lstat, rmdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isBerthError } from '@berth/domain'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import type { MountTarget } from './mount-targets.ts'
import { kernelMountPoints } from './oci-spec.ts'
import { kindOf } from './safe-root.ts'

/**
 * A mount point that is not in the root yet, so that the runtime will make it, or a directory on the way to one. `path`
 * is absolute outside, and led through no link when it was found.
 */
export type Stub = MountTarget & { root: string }

/** What the runtime will have to make; deepest last. */
export async function missingMountPoints(root: string, targets: readonly MountTarget[]): Promise<Stub[]> {
  const wanted: Stub[] = [
    ...kernelMountPoints.map((path) => ({ root, path: `${root}${path}`, kind: 'a directory' as const })),
    ...(await Promise.all(targets.map((target) => stubsOf(root, target)))).flat(),
  ]
  const unique = [...new Map(wanted.map((stub) => [stub.path, stub])).values()]
  const kinds = await Promise.all(unique.map((stub) => kindOf(stub.path)))
  return unique
    .filter((_stub, index) => kinds[index] === 'nothing')
    .sort((a, b) => a.path.length - b.path.length)
}

/**
 * Removes them again, unless somebody put something into them: a file that is not empty, a directory that holds
 * anything. Only after the last process has ended: nothing moves in the root any more. A step may have put a link in the
 * place of a directory on the way, to have the engine remove what lies elsewhere (BuildKit CVE-2024-23652): such a stub
 * is the step's now, and is left alone.
 */
export async function removeStubs(stubs: readonly Stub[]): Promise<void> {
  for (const { root, path, kind } of stubs.toReversed()) {
    if (!(await isWhereItWas(root, path)) || (await kindOf(path)) !== kind) continue
    if (kind === 'a directory') await rmdir(path).catch(notEmpty)
    else if ((await lstat(path)).size === 0) await unlink(path)
  }
}

async function stubsOf(root: string, target: MountTarget): Promise<Stub[]> {
  const last = await resolveInRoot(root, target.path)
  const stubs: Stub[] = [{ root, path: last, kind: target.kind }]
  for (let path = dirname(last); path.length > root.length; path = dirname(path)) {
    stubs.push({ root, path, kind: 'a directory' })
  }
  return stubs
}

async function isWhereItWas(root: string, path: string): Promise<boolean> {
  try {
    return (await resolveInRoot(root, path.slice(root.length))) === path
  } catch (error) {
    if (isBerthError(error)) return false
    throw error
  }
}

function notEmpty(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
