import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeNode, setAttribute } from '../system/syscalls.ts'
import { LayeredRoot } from './layered-root.ts'

let home: string
let layers: string[]
let upper: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-layered-'))
  layers = ['low', 'high'].map((name) => `${home}/${name}`)
  upper = `${home}/upper`
  for (const path of [...layers, upper]) mkdirSync(path)
})
afterEach(() => rmSync(home, { recursive: true }))

const inLayer = (index: number, path: string, content?: string) => {
  const at = `${layers[index]}${path}`
  if (content === undefined) mkdirSync(at, { recursive: true })
  else {
    mkdirSync(join(at, '..'), { recursive: true })
    writeFileSync(at, content)
  }
  return at
}
const open = () => new LayeredRoot(upper, layers)
const size = (root: LayeredRoot, path: string) => root.look(path)?.size

describe('a root of layers shows what overlayfs would', () => {
  test('the highest layer wins, and directories are merged', () => {
    inLayer(0, '/d/low', 'l')
    inLayer(0, '/d/both', 'low')
    inLayer(1, '/d/both', 'higher')
    const root = open()
    expect([size(root, '/d/low'), size(root, '/d/both'), size(root, '/d/none')]).toEqual([1, 6, undefined])
    writeFileSync(`${upper}/own`, 'own')
    expect(size(root, '/own')).toBe(3)
  })

  test('what was deleted, and what an opaque directory or another thing hides, is not there', () => {
    inLayer(0, '/gone/file', 'x')
    inLayer(0, '/opaque/file', 'x')
    inLayer(0, '/replaced/file', 'x')
    makeNode(`${layers[1]}/gone`, 'whiteout', 0)
    setAttribute(inLayer(1, '/opaque'), 'trusted.overlay.opaque', Buffer.from('y'))
    inLayer(1, '/replaced', 'a file now')
    const root = open()
    for (const path of ['/gone', '/gone/file', '/opaque/file', '/replaced/file']) {
      expect([path, root.look(path)]).toEqual([path, undefined])
    }
    expect(root.look('/opaque')?.isDirectory()).toBe(true)
  })

  test('links of the layers lead inside it, and never through the host', () => {
    inLayer(0, '/etc/passwd', 'inside')
    symlinkSync('/etc', `${layers[1]}/absolute`)
    symlinkSync('../../../../etc', `${layers[1]}/up`)
    symlinkSync('loop', `${layers[1]}/loop`)
    const root = open()
    expect(root.resolve('/absolute/passwd')).toBe(`${upper}/etc/passwd`)
    expect(root.resolve('/up/new')).toBe(`${upper}/etc/new`)
    expect(root.look('/absolute/passwd')).toBeUndefined()
    expect(() => root.resolve('/loop/x')).toThrow(expect.objectContaining({ code: 'FILE.TOO_MANY_LINKS' }))
  })

  test('a directory that is opened for writing is as the layers have it', () => {
    const deep = inLayer(0, '/a/b')
    setAttribute(deep, 'user.mark', Buffer.from('m'))
    rmSync(`${layers[1]}`, { recursive: true })
    mkdirSync(`${layers[1]}/a`, { recursive: true, mode: 0o711 })
    const root = open()
    root.open('/a/b')
    root.open('/a/b')
    expect(lstatSync(`${upper}/a`).mode & 0o777).toBe(0o711)
    expect(readdirSync(`${upper}/a`)).toEqual(['b'])
    root.open('/nothing')
    expect(readdirSync(upper)).toEqual(['a'])
  })

  test('a layer that is not there is an error, not an empty one', () => {
    expect(() => new LayeredRoot(upper, [`${home}/gone`])).toThrow(
      expect.objectContaining({ code: 'LAYER.NOT_FOUND' }),
    )
  })
})
