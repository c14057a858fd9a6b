import {
  chmodSync,
  cpSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getAttribute, makeNode, setAttribute } from '../system/syscalls.ts'
import { encodeHeader } from './encode-header.ts'
import { extractTree } from './extract-tree.ts'
import { type TreeTarOptions, treeTar } from './tree-tar.ts'

let base: string
let root: string

beforeEach(() => {
  base = mkdtempSync('/tmp/berth-tree-tar-')
  root = `${base}/root`
  mkdirSync(root)
})
afterEach(() => rmSync(base, { recursive: true }))

async function tarOf(from: string, options: Partial<TreeTarOptions> = {}): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of treeTar(from, { layer: true, ...options })) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function unpacked(tar: Buffer): Promise<string> {
  const directory = mkdtempSync(`${base}/out-`)
  await extractTree(tarPieces(tar), directory, { whiteouts: 'layer' })
  return directory
}

async function* tarPieces(tar: Buffer) {
  yield tar
}

/** What GNU tar, which did not write it, reads in it. */
async function listed(tar: Buffer): Promise<string[]> {
  writeFileSync(`${base}/x.tar`, tar)
  const { stdout } = await localRunner.run(command('tar', '--numeric-owner', '-tf', `${base}/x.tar`))
  return stdout.trimEnd().split('\n')
}

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')
const at = (path: string, seconds: number) => lutimesSync(`${root}/${path}`, seconds, seconds)

describe('a layer as a tar', () => {
  test('comes back as the same tree', async () => {
    mkdirSync(`${root}/etc`, { mode: 0o700 })
    writeFileSync(`${root}/etc/set-id`, 'x', { mode: 0o755 })
    chmodSync(`${root}/etc/set-id`, 0o6755)
    writeFileSync(`${root}/etc/able`, 'y')
    setAttribute(`${root}/etc/able`, 'security.capability', capability)
    setAttribute(`${root}/etc/able`, 'user.note', Buffer.from([0, 255, 10]))
    linkSync(`${root}/etc/able`, `${root}/etc/also-able`)
    symlinkSync('../../../../etc/hostname', `${root}/link`)
    makeNode(`${root}/pipe`, 'fifo', 0o640)
    writeFileSync(`${root}/${'n'.repeat(200)}`, 'long')
    writeFileSync(`${root}/grüße`, 'umlaut')
    at('etc/able', 1_234_567_890.7)
    const out = await unpacked(await tarOf(root))
    expect(readdirSync(out).sort()).toEqual(readdirSync(root).sort())
    expect(lstatSync(`${out}/etc`).mode & 0o7777).toBe(0o700)
    expect(lstatSync(`${out}/etc/set-id`).mode & 0o7777).toBe(0o6755)
    expect(lstatSync(`${out}/pipe`).isFIFO()).toBe(true)
    expect(readlinkSync(`${out}/link`)).toBe('../../../../etc/hostname')
    expect(getAttribute(`${out}/etc/able`, 'security.capability')).toEqual(capability)
    expect(getAttribute(`${out}/etc/able`, 'user.note')).toEqual(Buffer.from([0, 255, 10]))
    expect(lstatSync(`${out}/etc/able`).ino).toBe(lstatSync(`${out}/etc/also-able`).ino)
    expect(lstatSync(`${out}/etc/able`).mtimeMs).toBe(1_234_567_890_000)
  })

  test('says deletions and opaque directories by name, and they come back', async () => {
    mkdirSync(`${root}/lib`)
    setAttribute(`${root}/lib`, 'trusted.overlay.opaque', Buffer.from('y'))
    makeNode(`${root}/lib/gone`, 'whiteout', 0)
    writeFileSync(`${root}/.wh.forged`, '')
    const tar = await tarOf(root)
    expect(await listed(tar)).toEqual(['./', 'lib/', 'lib/.wh..wh..opq', 'lib/.wh.gone'])
    const out = await unpacked(tar)
    expect(lstatSync(`${out}/lib/gone`).isCharacterDevice()).toBe(true)
    expect(getAttribute(`${out}/lib`, 'trusted.overlay.opaque')?.toString()).toBe('y')
  })

  test('is the same bytes for the same tree, in whatever order it was made', async () => {
    const make = (to: string, names: string[]) => {
      mkdirSync(to)
      for (const name of names) {
        writeFileSync(`${to}/${name}`, name)
        lutimesSync(`${to}/${name}`, 1000, 1000)
      }
    }
    make(`${base}/one`, ['b', 'a', 'a-b', 'B'])
    make(`${base}/two`, ['B', 'a-b', 'b', 'a'])
    lutimesSync(`${base}/two`, 5, 5)
    expect((await tarOf(`${base}/one`)).equals(await tarOf(`${base}/two`))).toBe(true)
    expect(await listed(await tarOf(`${base}/one`))).toEqual(['./', 'B', 'a', 'a-b', 'b'])
  })

  test('has no time later than the source date', async () => {
    writeFileSync(`${root}/new`, '')
    writeFileSync(`${root}/old`, '')
    at('old', 50)
    const one = await tarOf(root, { sourceDate: new Date(100_000) })
    at('new', 99_999)
    expect((await tarOf(root, { sourceDate: new Date(100_000) })).equals(one)).toBe(true)
    const out = await unpacked(one)
    expect([lstatSync(`${out}/new`).mtimeMs, lstatSync(`${out}/old`).mtimeMs]).toEqual([100_000, 50_000])
  })

  test('leaves sockets out, and never reads through a link', async () => {
    const server = createServer().listen(`${root}/socket`)
    await new Promise((resolve) => server.once('listening', resolve))
    symlinkSync('/etc/passwd', `${root}/passwd`)
    const tar = await tarOf(root)
    server.close()
    expect(await listed(tar)).toEqual(['./', 'passwd'])
    expect(tar.includes('root:x:0')).toBe(false)
  })

  test('keeps names that are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff])]), 'x')
    expect((await tarOf(root)).includes(Buffer.from([0x70, 0x61, 0x74, 0x68, 0x3d, 0x61, 0xff]))).toBe(true)
  })

  test('passes over more than one piece, and keeps its count', async () => {
    const content = Buffer.alloc(3_500_000, 'abc')
    writeFileSync(`${root}/large`, content)
    writeFileSync(`${root}/sparse`, '')
    truncateSync(`${root}/sparse`, 2_000_001)
    const out = await unpacked(await tarOf(root))
    expect(readFileSync(`${out}/large`).equals(content)).toBe(true)
    expect(lstatSync(`${out}/sparse`).size).toBe(2_000_001)
  })

  test.each(['trusted.overlay.redirect', 'trusted.overlay.metacopy'])('with %s is refused', async (name) => {
    mkdirSync(`${root}/moved`)
    setAttribute(`${root}/moved`, name, Buffer.from('/elsewhere'))
    await expect(tarOf(root)).rejects.toMatchObject({ code: 'LAYER.INVALID' })
  })

  test('of a whole file system keeps what would be a deletion in a layer', async () => {
    writeFileSync(`${root}/.wh.file`, '')
    expect(await listed(await tarOf(root, { layer: false }))).toEqual(['./', '.wh.file'])
  })

  test('ends when it is broken off', async () => {
    cpSync('/usr/bin/tar', `${root}/a`)
    writeFileSync(`${root}/b`, Buffer.alloc(4_000_000))
    const reason = new Error('enough')
    await expect(tarOf(root, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

test('an entry that ustar has no room for is read by GNU tar as it was meant', async () => {
  const entry = encodeHeader({
    kind: 'link',
    path: Buffer.from(`${'d/'.repeat(80)}ü`),
    linkTarget: Buffer.from('t'.repeat(300)),
    ...{ mode: 0o777, uid: 4_000_000_000, gid: 3_000_000, modifiedSeconds: -5, sizeBytes: 0 },
  })
  writeFileSync(`${base}/x.tar`, Buffer.concat([entry, Buffer.alloc(1024)]))
  const { stdout } = await localRunner.run({
    argv: ['tar', '--numeric-owner', '--full-time', '-tvf', `${base}/x.tar`],
    env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', PATH: process.env.PATH ?? '' },
  })
  expect(stdout).toContain('4000000000/3000000')
  expect(stdout).toContain('1969-12-31 23:59:55')
  expect(stdout).toContain(`${'d/'.repeat(80)}ü -> ${'t'.repeat(300)}`)
})
