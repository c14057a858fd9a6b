import { chmodSync, lchownSync, lstatSync, readdirSync, type Stats, unlinkSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IdRange } from '../filesystem.ts'
import { systemError } from '../system/errors.ts'
import { getAttribute, listAttributes, type PathLike, setAttribute } from '../system/syscalls.ts'
import { accessListWithShiftedIds, capabilityWithoutRoot } from './owner-attributes.ts'

/**
 * Makes an upper directory that a range of ids has written into a layer's tree: ids shifted back so that root is 0,
 * sockets dropped, everything else as it was. What it counts is what the layer adds to an image.
 *
 * It never follows a link. It may be interrupted and run again: ids below the range's start are taken for shifted.
 * chown(2) clears set-id bits and file capabilities, so both are put back after it.
 */
export async function sealTree(
  upper: string,
  range: IdRange | null,
): Promise<{ sizeBytes: number; files: number }> {
  const seal: Seal = { range, sizeBytes: 0, files: 0, seen: new Set() }
  try {
    await sealAll(seal, upper)
  } catch (error) {
    const { code, path = '' } = error as NodeJS.ErrnoException
    if (code !== 'ENAMETOOLONG') throw error
    throw systemError['LAYER.INVALID']({ path, reason: 'it lies too deep' }, { cause: error })
  }
  return { sizeBytes: seal.sizeBytes, files: seal.files }
}

async function sealAll(seal: Seal, upper: string): Promise<void> {
  sealEntry(seal, upper, lstatSync(upper))
  const ahead: PathLike[] = [upper]
  let sinceBreath = 0
  for (let directory = ahead.pop(); directory !== undefined; directory = ahead.pop()) {
    for (const path of children(directory)) {
      const stats = lstatSync(path)
      if (stats.isDirectory()) ahead.push(path)
      sealEntry(seal, path, stats)
      sinceBreath += 1
    }
    if (sinceBreath < entriesInOneGo) continue
    sinceBreath = 0
    await nextTurn()
  }
}

/** About 10 ms of work: the event loop serves logs and probes in between. */
const entriesInOneGo = 500

type Seal = { range: IdRange | null; sizeBytes: number; files: number; seen: Set<string> }

function sealEntry(seal: Seal, path: PathLike, stats: Stats): void {
  if (stats.isSocket()) {
    unlinkSync(path)
    return
  }
  refuseDevice(path, stats)
  if (stats.nlink > 1 && !stats.isDirectory()) {
    const inode = `${stats.dev}:${stats.ino}`
    if (seal.seen.has(inode)) return
    seal.seen.add(inode)
  }
  seal.files += 1
  seal.sizeBytes += stats.isFile() || stats.isSymbolicLink() ? stats.size : 0
  if (seal.range !== null) shiftOwner(seal.range, path, stats)
}

/** A user namespace cannot make a device; one that is there was not made by the step. A whiteout is no device. */
function refuseDevice(path: PathLike, stats: Stats): void {
  if (stats.isCharacterDevice() && stats.rdev === 0) return
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return
  throw systemError['LAYER.INVALID']({ path: path.toString(), reason: 'it is a device' })
}

function shiftOwner(range: IdRange, path: PathLike, stats: Stats): void {
  const uid = shifted(range, stats.uid, path)
  const gid = shifted(range, stats.gid, path)
  if (stats.isSymbolicLink() || stats.isCharacterDevice()) {
    lchownSync(path, uid, gid)
    return
  }
  const attributes = listAttributes(path)
  const capability = attributes.includes(capabilityName) ? getAttribute(path, capabilityName) : null
  lchownSync(path, uid, gid)
  if (stats.mode & 0o6000) chmodSync(path, stats.mode & 0o7777)
  if (capability !== null) setAttribute(path, capabilityName, capabilityWithoutRoot(capability))
  for (const name of attributes) if (accessListNames.has(name)) shiftAccessList(range, path, name)
}

const capabilityName = 'security.capability'
const accessListNames = new Set(['system.posix_acl_access', 'system.posix_acl_default'])

function shiftAccessList(range: IdRange, path: PathLike, name: string): void {
  const list = getAttribute(path, name)
  if (list !== null)
    setAttribute(
      path,
      name,
      accessListWithShiftedIds(list, (id) => shifted(range, id, path)),
    )
}

function shifted(range: IdRange, id: number, path: PathLike): number {
  if (id >= range.start && id < range.start + range.size) return id - range.start
  if (id < range.size) return id
  throw systemError['LAYER.INVALID']({ path: path.toString(), reason: `user id ${id} is not its own` })
}

/** Names that are not UTF-8 come as bytes: a string would lose them. */
function children(directory: PathLike): PathLike[] {
  if (typeof directory === 'string') {
    const names = readdirSync(directory)
    if (!names.some((name) => name.includes('\ufffd'))) return names.map((name) => `${directory}/${name}`)
  }
  const parent = Buffer.concat([Buffer.from(directory), Buffer.from('/')])
  return readdirSync(directory, { encoding: 'buffer' }).map((name) => Buffer.concat([parent, name]))
}
