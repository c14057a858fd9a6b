import { createHash, type Hash } from 'node:crypto'
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
import { getAttribute, listAttributes } from '../system/syscalls.ts'

/** What hashing may cost: beyond it, copying once more is the cheaper thing. */
const mostBytes = 128 * 1024 ** 2
const mostEntries = 20_000
const pieceBytes = 1024 * 1024

/**
 * SHA-256 of what a COPY takes from another root: names, kinds, modes, owners, attributes, links and content, but no
 * times, so that a stage that was built again and came out the same changes nothing after it. Null: it is too much, or a name is
 * no UTF-8.
 */
export async function contentKey(
  sources: readonly { name: string; real: string }[],
  signal: AbortSignal,
): Promise<string | null> {
  const reading: Reading = { hash: createHash('sha256'), bytes: 0, entries: 0, linked: new Map() }
  const ahead: Entry[] = sources.map(({ name, real }) => ({ name, path: real })).reverse()
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const children = look(reading, next)
    if (children === null) return null
    ahead.push(...children)
    if (reading.entries % entriesInOneGo !== 0) continue
    await nextTurn()
    signal.throwIfAborted()
  }
  return reading.hash.digest('hex')
}

/** About 10 ms of work. */
const entriesInOneGo = 200

type Reading = { hash: Hash; bytes: number; entries: number; linked: Map<string, number> }
type Entry = { name: string; path: string }

/** What is in it. Null: it is too much, or cannot be named. */
function look(reading: Reading, entry: Entry): Entry[] | null {
  const stats = lstatSync(entry.path)
  addEntry(reading, entry, stats)
  if (reading.bytes > mostBytes || reading.entries > mostEntries) return null
  const children = stats.isDirectory() ? childrenOf(entry) : []
  return children.some(({ name }) => name.includes('\ufffd')) ? null : children
}

function childrenOf({ name, path }: Entry): Entry[] {
  const names = readdirSync(path).sort()
  return names.map((each) => ({ name: `${name}/${each}`, path: `${path}/${each}` }))
}

function addEntry(reading: Reading, { name, path }: Entry, stats: Stats): void {
  reading.entries += 1
  const target = stats.isSymbolicLink() ? readlinkSync(path, { encoding: 'buffer' }).toString('latin1') : ''
  reading.hash.update(
    JSON.stringify([name, stats.mode, stats.uid, stats.gid, target, sameAs(reading, stats)]),
  )
  if (!stats.isFile()) return
  for (const attribute of listAttributes(path).sort()) {
    if (attribute.startsWith('trusted.')) continue
    reading.hash.update(`${attribute} ${getAttribute(path, attribute)?.toString('hex')}\n`)
  }
  reading.bytes += stats.size
  if (reading.bytes <= mostBytes) addContent(reading.hash, path, stats.size)
}

/** Which entry before it is the same file; -1: none. */
function sameAs({ linked, entries }: Reading, stats: Stats): number {
  if (stats.nlink === 1 || stats.isDirectory()) return -1
  const inode = `${stats.dev}:${stats.ino}`
  const first = linked.get(inode)
  if (first === undefined) linked.set(inode, entries)
  return first ?? -1
}

const room = Buffer.alloc(pieceBytes)

function addContent(hash: Hash, path: string, sizeBytes: number): void {
  hash.update(`${sizeBytes}:`)
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    for (let left = sizeBytes; left > 0; ) {
      const bytes = readSync(file, room, 0, Math.min(left, pieceBytes), null)
      if (bytes === 0) break
      hash.update(room.subarray(0, bytes))
      left -= bytes
    }
  } finally {
    closeSync(file)
  }
}
