import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TarPart } from '../archive/make-tar.ts'
import type { ImageConfig, ImageFileChange } from '../engine.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import { emptyImageConfig } from './image-config.ts'

let store: SmallStore

beforeEach(async () => {
  store = await openSmallStore()
})
afterEach(async () => {
  expect(mountsUnder(store.home)).toEqual([])
  await store.close()
})

const file = (path: string, content: string, more: Partial<TarPart> = {}): TarPart => ({
  path,
  content,
  ...more,
})
const directory = (path: string, more: Partial<TarPart> = {}): TarPart => ({
  path,
  type: '5',
  mode: 0o755,
  ...more,
})
const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget })

const base: TarPart[] = [
  directory('etc/'),
  file('etc/same', 'same'),
  file('etc/gone', 'gone'),
  file('etc/text', 'old'),
  file('etc/mode', 'x', { mode: 0o600 }),
  link('etc/link', 'same'),
  directory('tree/'),
  directory('tree/inner/'),
  file('tree/inner/file', 'x'),
  file('tree/kept', 'kept'),
]

async function changes(before: readonly (readonly TarPart[])[], after: readonly (readonly TarPart[])[]) {
  const shared = await store.layer(base)
  const layers = async (all: readonly (readonly TarPart[])[]) => {
    const ids = [shared]
    for (const parts of all) ids.push(await store.layer(parts))
    return ids
  }
  await store.images.commit(emptyImageConfig(), await layers(before), ['before'])
  await store.images.commit({ ...emptyImageConfig(), user: 'x' }, await layers(after), ['after'])
  const diff = await store.images.diff('before', 'after')
  return diff.files.map(inWords)
}

function inWords(change: ImageFileChange): string {
  return `${change.change} ${change.path} ${change.change === 'changed' ? change.what.join('+') : change.kind}`
}

describe('between two images', () => {
  test('files come, change and go', async () => {
    const after = [
      file('etc/text', 'new'),
      file('etc/mode', 'x', { mode: 0o4755, uid: 5 }),
      file('etc/.wh.gone', ''),
      link('etc/link', 'text'),
      file('etc/fresh', 'fresh'),
      // Written again as it was.
      file('etc/same', 'same'),
    ]
    expect(await changes([], [after])).toEqual([
      'added /etc/fresh file',
      'removed /etc/gone file',
      'changed /etc/link target',
      'changed /etc/mode mode+owner',
      'changed /etc/text content',
    ])
  })

  test('a tree goes with all that is in it, whether by name or by an opaque directory', async () => {
    const gone = [
      'removed /tree directory',
      'removed /tree/inner directory',
      'removed /tree/inner/file file',
      'removed /tree/kept file',
    ]
    expect(await changes([], [[file('.wh.tree', '')]])).toEqual(gone)
    const opaque = [directory('tree/'), file('tree/.wh..wh..opq', ''), file('tree/kept', 'kept')]
    expect(await changes([], [opaque])).toEqual([
      'removed /tree/inner directory',
      'removed /tree/inner/file file',
    ])
  })

  test('a file that becomes a directory is told with what it holds', async () => {
    const after = [file('etc/.wh.text', ''), directory('etc/text/'), file('etc/text/inner', 'x')]
    expect(await changes([], [after])).toEqual(['changed /etc/text kind', 'added /etc/text/inner file'])
  })

  test('what came and went again is nothing', async () => {
    expect(await changes([], [[file('etc/temporary', 'x')], [file('etc/.wh.temporary', '')]])).toEqual([])
  })

  test('both sides of what they do not share count', async () => {
    expect(await changes([[file('only-before', 'x')]], [[file('only-after', 'y')]])).toEqual([
      'added /only-after file',
      'removed /only-before file',
    ])
  })

  test('a link to the host in one, a directory in the other, leads nowhere', async () => {
    const trap = [file('.wh.tree', ''), link('tree', '../../../../../../../../etc')]
    const files = await changes([trap], [[directory('tree/'), file('tree/passwd', 'ours')]])
    expect(files).toContain('changed /tree kind')
    expect(files).toContain('added /tree/passwd file')
    expect(files.filter((line) => line.includes('hostname'))).toEqual([])
    const other = await changes([[directory('tree/'), file('tree/hostname', 'x')]], [trap])
    expect(other).toContain('removed /tree/hostname file')
    expect(other.some((line) => line.includes('passwd'))).toBe(false)
  })

  test('a large shared layer is not looked at', async () => {
    const many = Array.from({ length: 300 }, (_, index) => file(`many/${index}`, 'x'))
    const shared = await store.layer(many)
    const small = await store.layer([file('small', 'x')])
    await store.images.commit(emptyImageConfig(), [shared], ['before'])
    await store.images.commit(emptyImageConfig(), [shared, small], ['after'])
    const diff = await store.images.diff('before', 'after')
    expect(diff.totals).toEqual({ added: 1, changed: 0, removed: 0, bytes: 1 })
    expect(readdirSync(store.fileSystems.layerPath(shared))).toEqual(['many'])
  })

  test('a long list is cut, and counted whole', async () => {
    await store.image('before', [])
    await store.image('after', [Array.from({ length: 20 }, (_, index) => file(`${index}`, 'xy'))])
    const diff = await store.images.diff('before', 'after', { mostFiles: 5 })
    expect([diff.files.length, diff.truncated, diff.totals.added, diff.totals.bytes]).toEqual([
      5,
      true,
      20,
      40,
    ])
  })
})

describe('the configuration', () => {
  const before: Partial<ImageConfig> = {
    env: { KEPT: 'a', CHANGED: 'old-secret', GONE: 'x' },
    exposedPorts: ['80/tcp'],
    entrypoint: ['/old'],
    labels: { l: '1' },
  }
  const after: Partial<ImageConfig> = {
    env: { KEPT: 'a', CHANGED: 'new-secret', ADDED: 'y' },
    exposedPorts: ['80/tcp', '443/tcp'],
    entrypoint: ['/new'],
    labels: { l: '2' },
  }

  test('is told by name, with the values of variables only on request', async () => {
    await store.image('before', [], before)
    await store.image('after', [], after)
    const { configuration } = await store.images.diff('before', 'after')
    expect(configuration).toEqual([
      { field: 'env', name: 'ADDED', change: 'added', before: null, after: null },
      { field: 'env', name: 'CHANGED', change: 'changed', before: null, after: null },
      { field: 'env', name: 'GONE', change: 'removed', before: null, after: null },
      { field: 'labels', name: 'l', change: 'changed', before: '1', after: '2' },
      { field: 'exposedPorts', name: '443/tcp', change: 'added', before: null, after: '' },
      { field: 'entrypoint', name: null, change: 'changed', before: '["/old"]', after: '["/new"]' },
    ])
    const shown = await store.images.diff('before', 'after', { showValues: true })
    expect(shown.configuration[1]).toMatchObject({ before: 'old-secret', after: 'new-secret' })
  })
})
