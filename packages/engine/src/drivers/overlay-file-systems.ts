import { closeSync, existsSync, lchownSync, mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs'
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
 * long absolute paths fill at some thirty layers, and these at more than a hundred. Where even they do not fit, links with
 * names of one or two characters lead to the layers while it is mounted: some 250. Docker takes 125.
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
    async mount({ layers: ids, directory, range, readOnly = false, volatile = true, prepare }) {
      const found = await Promise.all(ids.map(layers.get))
      const absent = found.indexOf(undefined)
      if (absent !== -1) throw systemError['LAYER.NOT_FOUND']({ id: ids[absent] as string })
      makeDirectories(directory, range)
      await prepare?.()
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
    const optionsOf = (paths: readonly string[]) => overlayOptions({ here, paths, readOnly, volatile })
    const mountWith = (data: string) =>
      mount({
        source: 'berth',
        target: `${directory}/root`,
        type: 'overlay',
        flags: mountFlag.noDevices | (readOnly ? mountFlag.readOnly : 0),
        data,
      })
    const options = optionsOf(paths)
    if (fits(options, paths)) mountWith(options)
    else throughLinks(`${directory}/links`, paths, (short) => mountWith(fitting(optionsOf(short), short)))
  } finally {
    closeSync(descriptor)
  }
  return { root: `${directory}/root`, unmount: () => unmount(`${directory}/root`) }
}

const pageBytes = 4095
/** Kernel: OVL_MAX_STACK; one may be the empty directory. */
const maxLayers = 499

/** Links with short names lead to the paths while `work` runs: the kernel follows them when it mounts. */
function throughLinks(links: string, paths: readonly string[], work: (short: string[]) => void): void {
  const names = paths.map((path, index) => ({ path, name: index.toString(36) }))
  rmSync(links, { recursive: true, force: true })
  mkdirSync(links, { mode: 0o700 })
  const descriptor = openSync(links, 'r')
  try {
    for (const { path, name } of names) symlinkSync(path, `${links}/${name}`)
    // The shorter name of the same; not every machine has it.
    const here = `${existsSync('/dev/fd') ? '/dev/fd' : '/proc/self/fd'}/${descriptor}`
    work(names.map(({ name }) => `${here}/${name}`))
  } finally {
    closeSync(descriptor)
    rmSync(links, { recursive: true, force: true })
  }
}

function fits(options: string, paths: readonly string[]): boolean {
  return options.length <= pageBytes && paths.length <= maxLayers
}

/** @throws SYSTEM.TOO_MANY_LAYERS */
function fitting(options: string, paths: readonly string[]): string {
  if (fits(options, paths)) return options
  const each = (paths.at(-1)?.length ?? 0) + 1
  const limit = Math.min(maxLayers, Math.floor((pageBytes - options.length) / each) + paths.length)
  throw systemError['SYSTEM.TOO_MANY_LAYERS']({ layers: paths.length, limit })
}

/** overlayfs needs something below: an image without layers stands on an empty directory. */
function overlayOptions(given: {
  here: string
  paths: readonly string[]
  readOnly: boolean
  volatile: boolean
}): string {
  const { here, paths, readOnly, volatile } = given
  const lowers = [...paths, ...(paths.length === 0 || readOnly ? [`${here}/empty`] : [])]
  return [
    `lowerdir=${lowers.join(':')}`,
    ...(readOnly ? [] : [`upperdir=${here}/upper`, `workdir=${here}/work`, 'index=off']),
    'metacopy=off',
    'redirect_dir=nofollow',
    'xino=off',
    ...(volatile && !readOnly ? ['volatile'] : []),
  ].join(',')
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
