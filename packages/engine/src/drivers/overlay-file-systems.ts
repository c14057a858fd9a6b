import { closeSync, existsSync, lchownSync, mkdirSync, openSync, rmSync } from 'node:fs'
import type { CommandRunner } from '@berth/command'
import type { FileSystems, IdRange, RootMount } from '../filesystem.ts'
import { openLayers } from '../store/layers.ts'
import { systemError } from '../system/errors.ts'
import { idMappedMounts } from '../system/id-mapped-mounts.ts'
import { openScratch } from '../system/scratch.ts'
import { mount, mountFlag, unmount } from '../system/syscalls.ts'

/**
 * File systems by overlayfs. Options: no index, no metadata-only copies and no redirects, because each would tie a
 * layer to the disk or to the layers below it, and a layer must mean the same above any other.
 *
 * Every path in the options goes through a descriptor (`/proc/self/fd/20/…`): mount(2) takes one page of options, which
 * long absolute paths fill at some thirty layers, and these at more than a hundred.
 */
export type OverlayFileSystems = FileSystems & { close(): Promise<void> }

export async function openOverlayFileSystems(options: {
  home: string
  run: string
  commands: CommandRunner
}): Promise<OverlayFileSystems> {
  const { home, run, commands } = options
  const scratch = await openScratch(commands, home, `${run}/r`)
  const layers = openLayers(home, scratch)
  const mapped = idMappedMounts({ commands, directory: `${home}/layers`, points: `${run}/r/${scratch.id}` })
  const unmapped = openSync(`${home}/layers`, 'r')

  const layersFor = async (range: IdRange | null) =>
    range === null ? `/proc/self/fd/${unmapped}` : await mapped.pathFor(range)

  return {
    temporaryDirectory: scratch.directory,
    async mount({ layers: ids, directory, range, readOnly = false, volatile = true }) {
      const found = await Promise.all(ids.map(layers.get))
      const absent = found.indexOf(undefined)
      if (absent !== -1) throw systemError['LAYER.NOT_FOUND']({ id: ids[absent] as string })
      makeDirectories(directory, range)
      const lowers = await layersFor(range)
      return mountOverlay({ lowers, ids, directory, readOnly, volatile })
    },
    seal: layers.seal,
    layer: layers.get,
    layerPath: layers.path,
    removeLayer: layers.remove,
    layers: layers.list,
    async close() {
      await mapped.close()
      closeSync(unmapped)
      await scratch.close()
    },
  }
}

/** The lowest id first in `ids`; overlayfs wants the highest first. */
function mountOverlay(options: {
  lowers: string
  ids: readonly string[]
  directory: string
  readOnly: boolean
  volatile: boolean
}): RootMount {
  const { lowers, ids, directory, readOnly, volatile } = options
  // Where it was mounted so before: the kernel wants to be told that what was lost, if anything, is not missed.
  if (volatile) rmSync(`${directory}/work/work/incompat`, { recursive: true, force: true })
  const descriptor = openSync(directory, 'r')
  try {
    const here = `/proc/self/fd/${descriptor}`
    const paths = ids.map((id) => `${lowers}/${id}`).reverse()
    mount({
      source: 'berth',
      target: `${directory}/root`,
      type: 'overlay',
      flags: mountFlag.noDevices | (readOnly ? mountFlag.readOnly : 0),
      data: overlayOptions({ here, paths, readOnly, volatile }),
    })
  } finally {
    closeSync(descriptor)
  }
  return { root: `${directory}/root`, unmount: () => unmount(`${directory}/root`) }
}

const pageBytes = 4095
/** Kernel: OVL_MAX_STACK. */
const maxLowers = 500

/** overlayfs needs something below: an image without layers stands on an empty directory. */
function overlayOptions(given: {
  here: string
  paths: string[]
  readOnly: boolean
  volatile: boolean
}): string {
  const { here, paths, readOnly, volatile } = given
  const lowers = [...paths, ...(paths.length === 0 || readOnly ? [`${here}/empty`] : [])]
  const options = [
    `lowerdir=${lowers.join(':')}`,
    ...(readOnly ? [] : [`upperdir=${here}/upper`, `workdir=${here}/work`, 'index=off']),
    'metacopy=off',
    'redirect_dir=nofollow',
    'xino=off',
    ...(volatile && !readOnly ? ['volatile'] : []),
  ].join(',')
  if (options.length <= pageBytes && lowers.length <= maxLowers) return options
  const each = (paths[0]?.length ?? 0) + 1
  const limit = Math.min(maxLowers, Math.floor((pageBytes - options.length) / each) + paths.length)
  throw systemError['SYSTEM.TOO_MANY_LAYERS']({ layers: paths.length, limit })
}

function makeDirectories(directory: string, range: IdRange | null): void {
  const owner = range?.start ?? 0
  for (const [name, mode] of [
    ['root', 0o755],
    ['empty', 0o755],
    ['upper', 0o755],
    ['work', 0o700],
  ] as const) {
    const path = `${directory}/${name}`
    if (existsSync(path)) continue
    mkdirSync(path, { mode, recursive: true })
    lchownSync(path, owner, owner)
  }
}
