import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DiffOptions, FileKind, Image, ImageDiff, ImageFileChange } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'
import { getAttribute, listAttributes } from '../system/syscalls.ts'
import { diffConfiguration } from './diff-configuration.ts'
import { addTouched, nothingTouched, type Touched } from './touched-paths.ts'
import { withRoot } from './with-root.ts'

/**
 * What changed from one image to another: in files, as a container would see them, and in configuration. Only what the
 * layers speak of that the two do not share is looked at, so the next version of a large image costs what differs.
 * Modification times alone are no change. Nothing is followed out of the images, and memory does not grow with a file.
 */
export async function diffImages(
  fileSystems: FileSystems,
  { before, after }: { before: Image; after: Image },
  options: DiffOptions = {},
): Promise<ImageDiff> {
  const touched = await touchedBy(fileSystems, before.layers, after.layers)
  const files = await withRoot(fileSystems, before.layers, (old) =>
    withRoot(fileSystems, after.layers, (young) => compareTrees({ old, young, touched, options })),
  )
  return {
    ...files,
    configuration: diffConfiguration(before.config, after.config, options.showValues ?? false),
  }
}

async function touchedBy(
  fileSystems: FileSystems,
  before: readonly string[],
  after: readonly string[],
): Promise<Touched> {
  let shared = 0
  while (shared < before.length && before[shared] === after[shared]) shared += 1
  const touched = nothingTouched()
  const differing = new Set([...before.slice(shared), ...after.slice(shared)])
  for (const id of differing) await addTouched(touched, fileSystems.layerPath(id))
  return touched
}

const mostFiles = 10_000

type Comparison = { old: string; young: string; touched: Touched; options: DiffOptions }
/** `inOld`, `inYoung`: whether what it lies in is a directory there. Where that is a link, looking would lead out. */
type Place = { path: string; node: Touched | null; inOld: boolean; inYoung: boolean }

async function compareTrees(comparison: Comparison): Promise<Omit<ImageDiff, 'configuration'>> {
  const { options } = comparison
  const limit = options.mostFiles ?? mostFiles
  const files: ImageFileChange[] = []
  const totals = { added: 0, changed: 0, removed: 0, bytes: 0 }
  const ahead: Place[] = [{ path: '', node: comparison.touched, inOld: true, inYoung: true }]
  for (let place = ahead.pop(); place !== undefined; place = ahead.pop()) {
    options.signal?.throwIfAborted()
    const { change, places } = await comparePlace(comparison, place)
    ahead.push(...places.reverse())
    if (change === null) continue
    totals[change.change] += 1
    totals.bytes += change.change === 'removed' ? 0 : change.sizeBytes
    if (files.length < limit) files.push(change)
  }
  const all = totals.added + totals.changed + totals.removed
  return { files, totals, truncated: all > files.length }
}

/** What is different at one place, and which places below it to look at. */
async function comparePlace(
  { old, young }: Comparison,
  { path, node, inOld, inYoung }: Place,
): Promise<{ change: ImageFileChange | null; places: Place[] }> {
  const [was, is] = [bytesOf(old, path), bytesOf(young, path)]
  const before = inOld ? look(was) : null
  const after = inYoung ? look(is) : null
  const below = { inOld: before?.isDirectory() === true, inYoung: after?.isDirectory() === true }
  // Where one of the two is no directory, everything in the other came or went.
  const all = node === null || node.all || !below.inOld || !below.inYoung
  const there = [...(below.inOld && all ? namesIn(was) : []), ...(below.inYoung && all ? namesIn(is) : [])]
  const names = all ? [...new Set(there)] : [...node.below.keys()]
  const places = names.sort().map((name) => ({
    ...below,
    path: path === '' ? name : `${path}/${name}`,
    node: all ? null : (node.below.get(name) ?? null),
  }))
  return { change: await changeAt(path, { was, before, is, after }), places }
}

type Sides = { was: Buffer; before: Stats | null; is: Buffer; after: Stats | null }

async function changeAt(path: string, sides: Sides): Promise<ImageFileChange | null> {
  const { before, after } = sides
  const shown = `/${Buffer.from(path, 'latin1').toString('utf8')}`
  if (before === null && after === null) return null
  if (before === null) return { change: 'added', path: shown, ...kindAndSize(after as Stats) }
  if (after === null) return { change: 'removed', path: shown, ...kindAndSize(before) }
  const what = await differences({ ...sides, before, after })
  if (what.length === 0) return null
  return {
    change: 'changed',
    path: shown,
    ...kindAndSize(after),
    beforeBytes: kindAndSize(before).sizeBytes,
    what,
  }
}

type What = Extract<ImageFileChange, { change: 'changed' }>['what'][number]

async function differences(sides: Sides & { before: Stats; after: Stats }): Promise<What[]> {
  const { was, before, is, after } = sides
  // One file of a shared layer: overlayfs shows the inode that it has there.
  if (!before.isDirectory() && before.ino === after.ino && before.ctimeMs === after.ctimeMs) return []
  if (kindOf(before) !== kindOf(after)) return ['kind']
  const what: What[] = []
  if (before.isFile() && !(await sameContent(sides))) what.push('content')
  if (before.isSymbolicLink() && !linkTarget(was).equals(linkTarget(is))) what.push('target')
  if (!before.isSymbolicLink() && before.mode !== after.mode) what.push('mode')
  if (before.uid !== after.uid || before.gid !== after.gid) what.push('owner')
  if (!before.isSymbolicLink() && attributesOf(was) !== attributesOf(is)) what.push('attributes')
  return what
}

const pieceBytes = 1024 * 1024

async function sameContent({
  was,
  before,
  is,
  after,
}: Sides & { before: Stats; after: Stats }): Promise<boolean> {
  if (before.size !== after.size) return false
  const files = [was, is].map((path) =>
    openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  )
  try {
    const [one = Buffer.alloc(0), other = Buffer.alloc(0)] = files.map(() =>
      Buffer.alloc(Math.min(before.size, pieceBytes) || 1),
    )
    for (let at = 0; at < before.size; ) {
      const count = readSync(files[0] as number, one, 0, one.length, at)
      let got = 0
      while (got < count) {
        const more = readSync(files[1] as number, other, got, count - got, at + got)
        if (more === 0) return false
        got += more
      }
      if (count === 0 || !one.subarray(0, count).equals(other.subarray(0, count))) return false
      at += count
      await nextTurn()
    }
    return true
  } finally {
    for (const file of files) closeSync(file)
  }
}

function linkTarget(path: Buffer): Buffer {
  return readlinkSync(path, { encoding: 'buffer' })
}

function attributesOf(path: Buffer): string {
  const names = listAttributes(path).filter((name) =>
    /^(user\.|security\.capability$|system\.posix_acl)/.test(name),
  )
  return names
    .sort()
    .map((name) => `${name}=${getAttribute(path, name)?.toString('hex')}`)
    .join('\n')
}

function look(path: Buffer): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

function namesIn(path: Buffer): string[] {
  return readdirSync(path, { encoding: 'buffer' }).map((name) => name.toString('latin1'))
}

function bytesOf(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
}

function kindAndSize(stats: Stats): { kind: FileKind; sizeBytes: number } {
  return { kind: kindOf(stats), sizeBytes: stats.isFile() ? stats.size : 0 }
}

function kindOf(stats: Stats): FileKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : 'other'
}
