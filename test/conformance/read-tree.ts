/**
 * A file system as values, one an entry, so that two can be compared: everything that a layer can hold. Reads through a
 * mounted overlay, the same way for both sides.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { getAttribute, listAttributes } from '@berth/engine/system/syscalls.ts'

export type TreeEntry = {
  kind: string
  /** Octal, with set-id bits and the sticky bit. */
  mode: string
  owner: string
  /** Of files. */
  size: number | null
  /** Of files: what is short is told as it is, the rest by its SHA-256. */
  content: string | null
  /** Of links. */
  target: string | null
  /** Of devices. */
  device: string | null
  /** Of files with several names: the first of them. */
  sameAs: string | null
  /** Hexadecimal. */
  attributes: Readonly<Record<string, string>>
  modifiedSeconds: number
}

/** By absolute path; what is not UTF-8 is written `\xNN`. */
export type Tree = Readonly<Record<string, TreeEntry>>

/**
 * Layers as overlayfs keeps them, lowest first, as paths below `directory`: mount(2) takes one page of options, so they
 * should be short.
 */
export async function readLayers(directory: string, layers: readonly string[], point: string): Promise<Tree> {
  for (const path of [point, `${point}.empty`, `${point}.other`]) mkdirSync(path, { recursive: true })
  const lowers = [...layers.toReversed(), `${point}.empty`, `${point}.other`].slice(
    0,
    Math.max(2, layers.length),
  )
  const options = `ro,lowerdir=${lowers.join(':')}`
  const mount = command(
    'mount',
    '--no-canonicalize',
    '-t',
    'overlay',
    '-o',
    options,
    'berth-conformance',
    point,
  )
  await localRunner.run({ ...mount, cwd: directory })
  try {
    return readTree(point)
  } finally {
    await localRunner.run(command('umount', '--', point))
  }
}

function readTree(root: string): Tree {
  const entries: [string, TreeEntry][] = []
  const names = new Map<number, string>()
  const walk = (path: Buffer, shown: string) => {
    const stats = lstatSync(path)
    entries.push([shown || '/', entryOf(path, shown, stats, names)])
    if (!stats.isDirectory()) return
    const children = readdirSync(path, { encoding: 'buffer' })
    for (const child of children.sort(Buffer.compare))
      walk(Buffer.concat([path, Buffer.from('/'), child]), `${shown}/${readable(child)}`)
  }
  walk(Buffer.from(root), '')
  return Object.fromEntries(entries)
}

function entryOf(path: Buffer, shown: string, stats: Stats, names: Map<number, string>): TreeEntry {
  const isFile = stats.isFile()
  const first = names.get(stats.ino)
  if (isFile && stats.nlink > 1 && first === undefined) names.set(stats.ino, shown)
  return {
    kind: kindOf(stats),
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: `${stats.uid}:${stats.gid}`,
    size: isFile ? stats.size : null,
    content: isFile ? told(readFileSync(path)) : null,
    target: stats.isSymbolicLink() ? readable(readlinkSync(path, { encoding: 'buffer' })) : null,
    device:
      stats.isCharacterDevice() || stats.isBlockDevice() ? `${stats.rdev >> 8}:${stats.rdev & 255}` : null,
    sameAs: isFile && stats.nlink > 1 ? (first ?? null) : null,
    attributes: Object.fromEntries(
      listAttributes(path)
        .filter((name) => !name.startsWith('security.selinux'))
        .sort()
        .map((name) => [name, getAttribute(path, name)?.toString('hex') ?? '']),
    ),
    modifiedSeconds: Math.floor(stats.mtimeMs / 1000),
  }
}

const longestTold = 2_000

function told(content: Buffer): string {
  if (content.length <= longestTold && !content.includes(0)) return readable(content)
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFIFO()) return 'pipe'
  if (stats.isCharacterDevice()) return 'character device'
  return stats.isBlockDevice() ? 'block device' : 'socket'
}

function readable(name: Buffer): string {
  const text = name.toString('utf8')
  if (Buffer.from(text).equals(name)) return text
  return name.toString('latin1').replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
