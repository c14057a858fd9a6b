import { lstat, readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { getAttribute } from '../system/syscalls.ts'
import { unpackingPlace } from '../testing/unpacking-place.ts'

const place = unpackingPlace()

describe('a layer', () => {
  const layer = { whiteouts: 'layer' } as const
  const opaque = (path: string) =>
    getAttribute(`${place.directory}/${path}`, 'trusted.overlay.opaque')?.toString() ?? null
  const isWhiteout = async (path: string) => {
    const found = await lstat(`${place.directory}/${path}`)
    return found.isCharacterDevice() && found.rdev === 0
  }

  test('says what is deleted as overlayfs does', async () => {
    await place.extract(
      [{ path: 'etc/.wh.motd' }, { path: 'var/.wh..wh..opq' }, { path: 'var/new', content: 'x' }],
      layer,
    )
    expect(await isWhiteout('etc/motd')).toBe(true)
    expect(opaque('var')).toBe('y')
    expect((await readdir(place.directory, { recursive: true })).sort()).toEqual([
      'etc',
      'etc/motd',
      'var',
      'var/new',
    ])
  })

  test('that deletes and makes a directory again hides what was in it', async () => {
    await place.extract(
      [{ path: '.wh.a' }, { path: 'a/', type: '5' }, { path: '.wh.b' }, { path: 'b/c', content: 'x' }],
      layer,
    )
    expect([opaque('a'), opaque('b')]).toEqual(['y', 'y'])
  })

  test('deletes only what lies below it', async () => {
    await place.extract(
      [{ path: 'f', content: 'new' }, { path: '.wh.f' }, { path: 'd/x', content: 'x' }, { path: '.wh.d' }],
      layer,
    )
    expect(await readFile(`${place.directory}/f`, 'utf8')).toBe('new')
    expect([opaque('d'), await readdir(`${place.directory}/d`)]).toEqual(['y', ['x']])
  })

  test('cannot bring a device that would be taken for a deletion', async () => {
    await place.extract([{ path: 'etc/passwd', type: '3' }], layer)
    expect(await readdir(place.directory)).toEqual([])
  })

  test('in an archive that is no layer is a file like any other', async () => {
    await place.extract([{ path: '.wh.a', content: 'x' }])
    expect(await readdir(place.directory)).toEqual(['.wh.a'])
  })
})
