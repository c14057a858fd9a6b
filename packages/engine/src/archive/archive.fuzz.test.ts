import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from './byte-reader.ts'
import { extractTree } from './extract-tree.ts'
import { makeTar, type TarPart } from './make-tar.ts'
import { readTar, type TarEntry } from './read-tar.ts'
import { blockBytes, parseHeader, parsePaxRecords } from './tar-header.ts'

/** Any UTF-16 unit, alone or not. fast-check's own take seconds to be made. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/** Archives come from registries and repositories. Whatever the bytes: entries, or a coded error; never more of either than there are bytes. */
const limitBytes = 1024 * 1024

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'a/b',
    'a/b/c',
    './a/',
    '/a',
    '../a',
    'a/../b',
    '.wh.a',
    'a/.wh..wh..opq',
    '',
    '.',
    'PaxHeaders/x',
  ),
  fc.string({ unit: anyUnit, maxLength: 24 }),
)
const part: fc.Arbitrary<TarPart> = fc.record(
  {
    path: name,
    type: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'V', '\0'),
    content: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('12 path=../../x\n', '9 size=9\n', '30 GNU.sparse.major=1\n'),
    ),
    linkTarget: name,
    mode: fc.nat(0o7777),
    uid: fc.nat(70_000),
    gid: fc.nat(70_000),
    modifiedSeconds: fc.nat(2_000_000_000),
    pax: fc.dictionary(
      fc.constantFrom(
        'path',
        'linkpath',
        'size',
        'uid',
        'mtime',
        'SCHILY.xattr.user.x',
        'SCHILY.xattr.security.capability',
        'GNU.sparse.name',
        'x',
      ),
      fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('0', '-1', '1e9', '99999999999999999', '1.5')),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: ['path'] },
)
const parts = fc.array(part, { maxLength: 6 })
const changes = fc.array(fc.tuple(fc.nat(8_000), fc.nat(255)), { maxLength: 6 })
const cut = fc.option(fc.nat(8_000), { nil: undefined })

/** Bytes changed; where a header still claims to be one, its checksum is made right, so that the change is reached. */
function damaged(
  bytes: Buffer,
  at: readonly (readonly [number, number])[],
  length: number | undefined,
): Buffer {
  const copy = Buffer.from(bytes)
  for (const [index, value] of at) if (index < copy.length) copy[index] = value
  for (let start = 0; start + blockBytes <= copy.length; start += blockBytes) {
    const block = copy.subarray(start, start + blockBytes)
    if (block.toString('latin1', 257, 262) !== 'ustar') continue
    block.fill(' ', 148, 156)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1')
  }
  return length === undefined ? copy : copy.subarray(0, length)
}

async function* pieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

type Read = { entries: TarEntry[]; contentBytes: number; refused: boolean }

async function readAll(bytes: Buffer, pieceBytes = 700): Promise<Read> {
  const read: Read = { entries: [], contentBytes: 0, refused: false }
  try {
    for await (const entry of readTar(new ByteReader(pieces(bytes, pieceBytes), limitBytes))) {
      read.entries.push(entry)
      for await (const piece of entry.content()) read.contentBytes += piece.length
    }
  } catch (error) {
    if (!isBerthError(error, 'ARCHIVE.INVALID', 'ARCHIVE.TOO_LARGE')) throw error
    read.refused = true
  }
  return read
}

describe('bytes that may be a tar', () => {
  test('are entries or a coded error, and never more than the bytes that are there', async () => {
    await fc.assert(
      fc.asyncProperty(parts, changes, cut, async (given, at, length) => {
        const bytes = damaged(makeTar(given), at, length)
        const { entries, contentBytes } = await readAll(bytes)
        expect(entries.length).toBeLessThanOrEqual(bytes.length / blockBytes)
        expect(contentBytes).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 600 },
    )
  })

  test('mean the same however they are cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(parts, changes, fc.integer({ min: 1, max: 1500 }), async (given, at, pieceBytes) => {
        const bytes = damaged(makeTar(given), at, undefined)
        const plain = ({ content: _, ...entry }: TarEntry) => entry
        const [one, other] = [await readAll(bytes), await readAll(bytes, pieceBytes)]
        expect(other.entries.map(plain)).toEqual(one.entries.map(plain))
        expect(other.refused).toBe(one.refused)
      }),
      { numRuns: 200 },
    )
  })

  test('random bytes are a header or a coded error', () => {
    const block = fc.uint8Array({ minLength: blockBytes, maxLength: blockBytes })
    fc.assert(
      fc.property(block, (bytes) => {
        const header = refusedOr(() => parseHeader(damaged(withMagic(Buffer.from(bytes)), [], undefined)))
        if (header === undefined || header === null) return
        for (const number of [header.sizeBytes, header.mode, header.uid, header.gid])
          expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  test('extended records are read as they were written, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        refusedOr(() => parsePaxRecords(Buffer.from(bytes)))
      }),
      { numRuns: 600 },
    )
    expect(parsePaxRecords(Buffer.from('12 path=a=b\n')).get('path')?.toString()).toBe('a=b')
  })
})

test('what is unpacked from a damaged archive stays within its directory', async () => {
  const base = await mkdtemp('/tmp/berth-fuzz-')
  const tree = `${base}/tree`
  await mkdir(`${base}/outside`)
  await writeFile(`${base}/outside/canary`, 'untouched', { mode: 0o640 })
  const before = await stat(`${base}/outside/canary`)
  try {
    await fc.assert(
      fc.asyncProperty(parts, changes, async (given, at) => {
        await mkdir(tree)
        try {
          await extractTree(pieces(damaged(makeTar(given), at, undefined), 900), tree)
        } catch (error) {
          if (!isBerthError(error)) throw error
          expect(error.code).toMatch(/^ARCHIVE\./)
        } finally {
          await rm(tree, { recursive: true, force: true })
        }
        expect((await readdir(base)).sort()).toEqual(['outside'])
        expect(await readdir(`${base}/outside`)).toEqual(['canary'])
      }),
      { numRuns: 200 },
    )
    expect(await readFile(`${base}/outside/canary`, 'utf8')).toBe('untouched')
    expect(await stat(`${base}/outside/canary`)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs })
  } finally {
    await rm(base, { recursive: true, force: true })
  }
})

function withMagic(block: Buffer): Buffer {
  block.write('ustar\0', 257, 'latin1')
  return block
}

function refusedOr<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (isBerthError(error, 'ARCHIVE.INVALID')) return undefined
    throw error
  }
}
