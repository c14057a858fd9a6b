import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { extractTree } from '../archive/extract-tree.ts'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { openOutlineWriter, remadeTar } from './archive-outline.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync('/tmp/berth-outline-')
  mkdirSync(`${home}/tree`)
})
afterEach(() => rmSync(home, { recursive: true }))

async function unpack(tar: Buffer, pieceBytes: number): Promise<void> {
  async function* pieces() {
    for (let at = 0; at < tar.length; at += pieceBytes) yield tar.subarray(at, at + pieceBytes)
  }
  const outline = openOutlineWriter(`${home}/outline`)
  const options = { whiteouts: 'layer', onContent: outline.content } as const
  await extractTree(outline.recording(pieces()), `${home}/tree`, options)
  await outline.close()
}

async function remade(): Promise<Buffer> {
  const pieces: Buffer[] = []
  const given = { outline: `${home}/outline`, tree: `${home}/tree` }
  for await (const piece of remadeTar(localRunner, given)) pieces.push(piece)
  return Buffer.concat(pieces)
}

const parts: TarPart[] = [
  { path: './', type: '5' },
  { path: './etc/', type: '5' },
  { path: './etc/empty' },
  { path: './etc/one', content: '1', pax: { mtime: '1700000000.123456789', comment: 'as it is' } },
  { path: 'short', content: 'x'.repeat(512), pax: { path: `long/${'n'.repeat(200)}`, size: '512' } },
  { path: 'etc/two', content: Buffer.alloc(3000, 7), uid: 1000 },
  { path: 'etc/same', type: '1', linkTarget: 'etc/two' },
  { path: 'etc/.wh.gone' },
  { path: 'link', type: '2', linkTarget: '/etc/two' },
  { path: 'last', content: 'y'.repeat(511) },
]

test.each([1, 7, 511, 512, 513, 1024, 100_000])(
  'the archive that came in pieces of %i bytes is made again from its files',
  async (pieceBytes) => {
    const tar = Buffer.concat([makeTar(parts), Buffer.alloc(700), Buffer.from('what nobody reads')])
    await unpack(tar, pieceBytes)
    expect(Buffer.compare(await remade(), tar)).toBe(0)
  },
)

test.each([[], ['--format=gnu'], ['--format=pax', '--sort=name'], ['--format=ustar', '-b', '1']])(
  'so is one that GNU tar made %s %s %s',
  async (...options) => {
    mkdirSync(`${home}/from/deep/${'d'.repeat(90)}`, { recursive: true })
    for (let file = 0; file < 50; file += 1)
      writeFileSync(`${home}/from/deep/${'d'.repeat(90)}/${file}`, 'z'.repeat(file * 300))
    const words = [...(options as string[]), '-cf', `${home}/a.tar`, '-C', `${home}/from`, '.']
    await localRunner.run(command('tar', ...words))
    const tar = readFileSync(`${home}/a.tar`)
    await unpack(tar, 65_536)
    expect(Buffer.compare(await remade(), tar)).toBe(0)
    expect(statSync(`${home}/outline`).size).toBeLessThan(tar.length / 50)
  },
)

test('it is not the archive where a file is another now, is gone, or stood in it twice', async () => {
  const tar = makeTar(parts)
  await unpack(tar, 1000)
  writeFileSync(`${home}/tree/last`, 'short')
  expect(tar.indexOf(await remade())).toBe(0)
  rmSync(`${home}/tree/etc/one`)
  expect((await remade()).length).toBeLessThan(tar.length)
  rmSync(home, { recursive: true })
  mkdirSync(`${home}/tree`, { recursive: true })
  const twice = makeTar([
    { path: 'a', content: 'one' },
    { path: 'a', content: 'two' },
  ])
  await unpack(twice, 1000)
  expect(Buffer.compare(await remade(), twice)).not.toBe(0)
})

test('a file that a link leads to outside is not read', async () => {
  const tar = makeTar([{ path: 'a', content: 'x'.repeat(10) }])
  await unpack(tar, 1000)
  writeFileSync(`${home}/secret`, 'secret!!!!')
  rmSync(`${home}/tree/a`)
  await localRunner.run(command('ln', '-s', '../secret', `${home}/tree/a`))
  expect((await remade()).toString()).not.toContain('secret')
})
