import { closeSync, existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { command } from '@berth/command'
import type { ContainerMount } from '../../engine.ts'
import type { IdRange } from '../../filesystem.ts'
import { kindOf } from '../../sandbox/safe-root.ts'
import type { SandboxMount } from '../../sandbox.ts'
import { reached } from '../../system/failure-points.ts'
import { asUnsupported } from '../../system/id-mapped-mounts.ts'
import { mountsUnder } from '../../system/mount-table.ts'
import { resolveInRoot } from '../../system/resolve-in-root.ts'
import { mapMountIds, moveMount, openTree, unmount } from '../../system/syscalls.ts'
import { withUserNamespace } from '../../system/user-namespace.ts'
import { volumeError } from '../../volume/errors.ts'
import type { ContainerParts } from '../container-parts.ts'
import { containerError } from '../errors.ts'

/**
 * Volumes and the operator's directories as a container gets them: id 0 inside is id 0 on the disk. So a volume may pass
 * from one group to another, and what an operator binds belongs inside to whom it belongs outside. Each comes through an
 * id-mapped mount under the container's directory, which is needed only until the runtime has taken it over; set-uid
 * bits and devices count for nothing behind it. Where a file system has no such mounts, starting is refused.
 */
export type ContainerMounts = {
  mounts: SandboxMount[]
  /** The runtime has them. Twice is once. */
  release(): Promise<void>
}

type Options = { directory: string; layers: readonly string[]; range: IdRange }

/** @throws CONTAINER.INVALID, VOLUME.INVALID, VOLUME.QUOTA_UNSUPPORTED, VOLUME.FULL, SYSTEM.ID_MAPPED_MOUNT_UNSUPPORTED */
export async function openContainerMounts(
  parts: ContainerParts,
  wanted: readonly ContainerMount[],
  options: Options,
): Promise<ContainerMounts> {
  for (const { target } of wanted) assertTarget(target)
  const folder = `${options.directory}/mounts`
  const release = () => clearPoints(folder)
  if (wanted.every(({ kind }) => kind === 'tmpfs')) return { mounts: wanted.map(memoryMount), release }
  await release()
  await mkdir(folder, { mode: 0o711 })
  try {
    const mounts = await withUserNamespace(parts.commands, options.range, async (namespace) => {
      const opened: SandboxMount[] = []
      for (const mount of wanted) {
        const point = `${folder}/${opened.length}`
        opened.push(await open(parts, mount, { ...options, namespace, point }))
      }
      return opened
    })
    return { mounts, release }
  } catch (error) {
    await release()
    throw error
  }
}

type Opening = Options & { namespace: number; point: string }

async function open(parts: ContainerParts, mount: ContainerMount, opening: Opening): Promise<SandboxMount> {
  if (mount.kind === 'tmpfs') return memoryMount(mount)
  const { target, readOnly } = mount
  if (mount.kind === 'bind') {
    return { kind: 'bind', source: await mapped(mount.source, opening), target, writable: !readOnly }
  }
  const { data, filled } = await parts.volumes.open(mount.volume)
  if (!filled) {
    await fill(parts, { data, target, layers: opening.layers }).catch(async (error: unknown) => {
      const { volume: name } = mount
      throw (await parts.volumes.isFull(name))
        ? volumeError['VOLUME.FULL']({ name }, { cause: error })
        : error
    })
    reached('volume filled')
    await parts.volumes.markFilled(mount.volume)
  }
  const source = await mapped(data, opening)
  return { kind: 'bind', source, target, writable: !readOnly }
}

function memoryMount(mount: ContainerMount): SandboxMount {
  if (mount.kind !== 'tmpfs') throw new Error('Only a tmpfs is made of memory.')
  return mount
}

async function mapped(source: string, { namespace, point }: Opening): Promise<string> {
  if (await isDirectory(source)) await mkdir(point, { mode: 0o755 })
  else writeFileSync(point, '')
  const tree = openTree(source)
  try {
    mapMountIds(tree, namespace, { readOnly: false })
    moveMount(tree, point)
    return point
  } catch (error) {
    throw asUnsupported(error)
  } finally {
    closeSync(tree)
  }
}

/**
 * Takes away the mounts and the empty files and directories that they stood on. Never more than one that is empty: what
 * is mounted there is somebody's, and nothing of it may be removed, whatever is left mounted for whatever reason.
 */
async function clearPoints(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  for (const point of mountsUnder(folder)) unmount(point)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    await (entry.isDirectory() ? rmdir(path) : unlink(path))
  }
  await rmdir(folder)
}

/**
 * As Docker does: what the image has there comes into a volume that is new. The image is mounted once more for it, with
 * ids as on the disk; links are copied as links. One that was interrupted is done again: no container has had the volume.
 */
async function fill(
  { fileSystems, commands }: ContainerParts,
  { data, target, layers }: { data: string; target: string; layers: readonly string[] },
): Promise<void> {
  const directory = await fileSystems.temporaryDirectory()
  const { root, unmount } = await fileSystems.mount({ layers, directory, range: null, readOnly: true })
  try {
    const inside = await resolveInRoot(root, target)
    if (inside === root || (await kindOf(inside)) !== 'a directory') return
    const copy = command('cp', '--archive', '--one-file-system', '--', `${inside}/.`, `${data}/`)
    await commands.run(copy, { timeoutMs: 600_000 })
  } finally {
    unmount()
    await rm(directory, { recursive: true, force: true })
  }
}

/** @throws CONTAINER.INVALID */
async function isDirectory(source: string): Promise<boolean> {
  try {
    if (source.startsWith('/') && !source.includes('\0')) return (await stat(source)).isDirectory()
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  throw containerError['CONTAINER.INVALID']({ what: 'source of a mount', given: source })
}

function assertTarget(target: string): void {
  if (target.startsWith('/') && !target.includes('\0') && target.length <= 4096) return
  throw containerError['CONTAINER.INVALID']({ what: 'target of a mount', given: target })
}
