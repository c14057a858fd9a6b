import { describe, expect, test } from 'vitest'
import { parseTree } from './parse-tree.ts'

const id = 'a'.repeat(40)
const line = (path: string, { mode = '100644', type = 'blob', size = '3' } = {}) =>
  Buffer.from(`${mode} ${type} ${id} ${size.padStart(7)}\t${path}\0`)

describe('the listing of a tree', () => {
  test('becomes files, programs and links, sorted by path', () => {
    const listing = Buffer.concat([
      line('lib/b', { mode: '100755' }),
      line('a b\nc', { size: '12' }),
      line('lib/a', { mode: '120000' }),
    ])
    expect(parseTree(listing)).toEqual([
      { path: 'a b\nc', kind: 'file', executable: false, contentId: id, sizeBytes: 12 },
      { path: 'lib/a', kind: 'link', executable: false, contentId: id, sizeBytes: 3 },
      { path: 'lib/b', kind: 'file', executable: true, contentId: id, sizeBytes: 3 },
    ])
  })

  test('of nothing is no entry', () => {
    expect(parseTree(new Uint8Array())).toEqual([])
  })

  test('names the path of a submodule', () => {
    const submodule = line('vendor/lib', { mode: '160000', type: 'commit', size: '-' })
    expect(() => parseTree(submodule)).toThrow(
      expect.objectContaining({ code: 'SOURCE.SUBMODULE', message: '"vendor/lib" is a git submodule.' }),
    )
  })

  test.each([
    '../up',
    'a/../b',
    '/etc/passwd',
    'a//b',
    './a',
    'a/.git/config',
    '.GIT/config',
    'x'.repeat(256),
    `${'d/'.repeat(1_800)}f`,
  ])('refuses the path %s', (path) => {
    expect(() => parseTree(line(path))).toThrow(expect.objectContaining({ code: 'SOURCE.BAD_PATH' }))
  })

  test('refuses a name that is not UTF-8, because it could not be written back', () => {
    const latin1 = Buffer.concat([Buffer.from(`100644 blob ${id}       3\t`), Buffer.from([0xe9, 0])])
    expect(() => parseTree(latin1)).toThrow(expect.objectContaining({ code: 'SOURCE.BAD_PATH' }))
  })

  test('has limits for the number of files and for their size', () => {
    const two = Buffer.concat([line('a'), line('b')])
    expect(() => parseTree(two, { entries: 1, totalBytes: 100 })).toThrow(
      expect.objectContaining({ code: 'SOURCE.TOO_MANY_FILES' }),
    )
    expect(() => parseTree(two, { entries: 2, totalBytes: 5 })).toThrow(
      expect.objectContaining({ code: 'SOURCE.TOO_LARGE' }),
    )
  })
})
