import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { containerError, startFailed } from '../container/errors.ts'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import type { MountTarget } from './mount-targets.ts'
import { kernelMountPoints } from './oci-spec.ts'

/**
 * Looks at an image's root before a runtime mounts over it: where a directory is expected there must be a directory or
 * nothing, never a link, so that the runtime's own handling of links is not what stands between an image and the
 * machine (runc CVE-2024-21626, -2025-31133, -2025-52565, -2026-41579).
 *
 * `targets` are where mounts go, of files and of directories: the directory above must be plain. A file's may be a
 * file, missing, or a link that stays in the root (Debian's resolv.conf is one), but nothing else; a directory's may be
 * a directory or missing.
 *
 * @throws CONTAINER.UNSAFE_IMAGE, CONTAINER.START_FAILED (a working directory in /proc)
 */
export async function assertSafeRoot(
  root: string,
  options: { targets: readonly MountTarget[]; workingDirectory: string },
): Promise<void> {
  await Promise.all([
    ...kernelMountPoints.map((path) => assertPlainDirectory(root, path)),
    ...options.targets.map((target) => assertTarget(root, target)),
    assertWorkingDirectory(root, options.workingDirectory),
  ])
}

async function assertPlainDirectory(root: string, path: string): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '')
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = `/${parts.slice(0, depth).join('/')}`
    const found = await kindOf(`${root}${part}`)
    if (found === 'nothing') return
    if (found !== 'a directory') throw containerError['CONTAINER.UNSAFE_IMAGE']({ path: part, found })
  }
}

async function assertTarget(root: string, { path, kind }: MountTarget): Promise<void> {
  if (kernelMountPoints.some((point) => path.startsWith(`${point}/`))) return
  await assertPlainDirectory(root, dirname(path))
  const found = await kindOf(kind === 'a file' ? await resolveInRoot(root, path) : `${root}${path}`)
  if (found === kind || found === 'nothing') return
  throw startFailed(`the image has ${found} at ${path}, where ${kind} is mounted`)
}

/** A working directory in /proc can be a way out through another process's descriptors (CVE-2024-21626). */
async function assertWorkingDirectory(root: string, path: string): Promise<void> {
  const found = await resolveInRoot(root, path)
  const inside = found.slice(root.length)
  if (inside === '/proc' || inside.startsWith('/proc/'))
    throw startFailed('its working directory leads into /proc')
}

type Kind = 'nothing' | 'a directory' | 'a file' | 'a link' | 'a device, pipe or socket'

export async function kindOf(path: string): Promise<Kind> {
  try {
    const stats = await lstat(path)
    if (stats.isDirectory()) return 'a directory'
    if (stats.isFile()) return 'a file'
    return stats.isSymbolicLink() ? 'a link' : 'a device, pipe or socket'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'nothing'
    throw error
  }
}
