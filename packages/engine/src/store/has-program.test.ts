import { readdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import { emptyImageConfig } from './image-config.ts'

let store: SmallStore

beforeEach(async () => {
  store = await openSmallStore()
})
afterEach(() => store.close())

function archive(content: Buffer): string {
  const path = `${store.home}/archive-${readdirSync(store.home).length}.tar`
  writeFileSync(path, content)
  return path
}

describe('the programs of an image', () => {
  const script = (path: string, mode = 0o755): TarPart => ({ path, content: '#!', mode })
  const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget })
  const has = async (name: string, parts: TarPart[], config = {}) => {
    await store.images.importRootfs(archive(makeTar(parts)), 'made', config)
    return store.images.hasProgram('made', name)
  }

  test.each<[string, TarPart[], object, boolean]>([
    ['a file', [script('bin/sh')], {}, true],
    ['one that nobody may execute', [script('bin/sh', 0o644)], {}, false],
    ['a directory', [{ path: 'bin/sh/', type: '5', mode: 0o755 }], {}, false],
    ['a link to another', [script('bin/busybox'), link('bin/sh', '/bin/busybox')], {}, true],
    ['behind a link', [script('usr/bin/sh'), link('bin', 'usr/bin')], {}, true],
    ['a link that leads out, and nowhere inside', [link('bin/sh', '../../../../../../bin/sh')], {}, false],
    ['a link to itself', [link('bin/sh', 'sh')], {}, false],
    ['a path through a file', [script('bin')], {}, false],
    ['off the PATH', [script('bin/sh')], { env: { PATH: '/opt/bin' } }, false],
    ['on a PATH of its own', [script('opt/bin/sh')], { env: { PATH: '/bin:/opt/bin' } }, true],
    ['on a relative PATH', [script('app/bin/sh')], { env: { PATH: 'bin' }, workingDirectory: '/app' }, true],
    ['in an image without files', [], {}, false],
  ])('%s', async (_what, parts, config, expected) => {
    expect(await has('sh', parts, config)).toBe(expected)
  })

  test('that a layer above deletes is none', async () => {
    const low = await store.images.importRootfs(archive(makeTar([script('bin/sh'), script('bin/ls')])), 'low')
    const high = await store.images.importRootfs(archive(makeTar([script('bin/.wh.sh', 0)])), 'high')
    await store.images.commit(emptyImageConfig(), [...low.layers, ...high.layers], ['both'])
    expect(await store.images.hasProgram('both', 'sh')).toBe(false)
    expect(await store.images.hasProgram('both', 'ls')).toBe(true)
    expect(mountsUnder(store.home)).toEqual([])
  })
})
