import { lstat } from 'node:fs/promises'
import { startFailed } from '../container/errors.ts'
import { nameTargets } from '../network/name-files.ts'
import type { SandboxMount } from '../sandbox.ts'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import { kernelMountPoints } from './oci-spec.ts'

/**
 * Where mounts go in a root that is not trusted. A target that is a link, or lies behind one, is led inside the root
 * before the runtime sees it, so that the runtime finds a path without links. What lies below an earlier mount is not
 * in the root: it stays as it was given, and the runtime resolves it once that is mounted.
 */
export type MountTarget = { path: string; kind: 'a file' | 'a directory' }

export const nameMountTargets: readonly MountTarget[] = nameTargets.map((path) => ({ path, kind: 'a file' }))

/**
 * The same mounts, their targets without links. Twice changes nothing more.
 * @throws CONTAINER.START_FAILED: over /, /proc, /sys or /dev; a file where a directory is, and the other way round
 */
export async function placeMounts(root: string, mounts: readonly SandboxMount[]): Promise<SandboxMount[]> {
  const placed: SandboxMount[] = []
  for (const mount of mounts) {
    const target = isBelowAny(mount.target, placed) ? mount.target : await inRoot(root, mount.target)
    assertOwnPlace(mount, target)
    placed.push({ ...mount, target })
  }
  return placed
}

/** What the root must offer for mounts that `placeMounts` has placed. */
export async function mountTargets(placed: readonly SandboxMount[]): Promise<MountTarget[]> {
  const inTheRoot = placed.filter((mount, index) => !isBelowAny(mount.target, placed.slice(0, index)))
  return Promise.all(inTheRoot.map(async (mount) => ({ path: mount.target, kind: await kindOfMount(mount) })))
}

/** Whether a path, without links, is a mount's target or lies below one. */
export function isBelowAny(path: string, mounts: readonly { target: string }[]): boolean {
  return mounts.some(({ target }) => path === target || path.startsWith(`${target}/`))
}

async function inRoot(root: string, target: string): Promise<string> {
  return (await resolveInRoot(root, target)).slice(root.length)
}

async function kindOfMount(mount: SandboxMount): Promise<MountTarget['kind']> {
  if (mount.kind === 'tmpfs') return 'a directory'
  return (await lstat(mount.source)).isDirectory() ? 'a directory' : 'a file'
}

/** What the engine and the kernel put there is not to be hidden; more shared memory may be asked for. */
function assertOwnPlace(mount: SandboxMount, target: string): void {
  if (target === '') throw startFailed('a mount over / would hide the image')
  if (mount.kind === 'tmpfs' && target === '/dev/shm') return
  if (!isBelowAny(target, kernelTargets)) return
  throw startFailed(`a mount at ${JSON.stringify(target.slice(0, 200))} would hide what the kernel has there`)
}

const kernelTargets = kernelMountPoints.map((target) => ({ target }))
