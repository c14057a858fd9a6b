import type { SourceTree, TreeEntry } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../testing/plan-of.ts'
import { openContext } from './open-context.ts'

/** `name -> target` is a link. */
function treeOf(files: Record<string, string>): SourceTree {
  const contents = new Map<string, string>()
  const entries = Object.entries(files).map(([name, content]): TreeEntry => {
    const [path = '', target] = name.split(' -> ')
    contents.set(path, target ?? content)
    const kind = target === undefined ? 'file' : 'link'
    return { path, kind, executable: false, contentId: path, sizeBytes: (target ?? content).length }
  })
  return {
    entries: async () => entries,
    async *read(wanted) {
      for (const entry of wanted) yield { entry, content: Buffer.from(contents.get(entry.path) ?? '') }
    },
  }
}

async function seen(files: Record<string, string>, path = 'Dockerfile'): Promise<string[]> {
  const { context } = await openContext(treeOf({ Dockerfile: 'FROM base', ...files, a: '', b: '' }), path)
  return context.entries.map((entry) => entry.path).filter((each) => each.length === 1)
}

describe('what a Dockerfile sees', () => {
  test('is all, or what .dockerignore leaves over', async () => {
    expect(await seen({})).toEqual(['a', 'b'])
    expect(await seen({ '.dockerignore': 'a' })).toEqual(['b'])
  })

  test('is decided by the ignore file of its own name alone, if there is one', async () => {
    expect(await seen({ '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b' })).toEqual(['a'])
    const nested = { 'docker/web': 'FROM base', 'docker/web.dockerignore': 'b', '.dockerignore': 'a' }
    expect(await seen(nested, 'docker/web')).toEqual(['a'])
    expect(await seen({ 'docker/web': 'FROM base', '.dockerignore': 'a' }, './docker/web')).toEqual(['b'])
  })

  test('is decided by an ignore file behind a link too, but by none outside of the tree', async () => {
    expect(await seen({ '.dockerignore -> config/ignore': '', 'config/ignore': 'a' })).toEqual(['b'])
    expect(await seen({ '.dockerignore -> /etc/hostname': '' })).toEqual(['a', 'b'])
    expect(await seen({ 'Dockerfile.dockerignore -> gone': '', '.dockerignore': 'a' })).toEqual(['b'])
  })

  test('is told of a bad pattern by its file and line', async () => {
    const error = await seen({ 'Dockerfile.dockerignore': 'ok\n[' }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const thrown = () => {
      throw error
    }
    expect(refusalOf(thrown)).toMatchObject({
      code: 'BUILD.IGNORE_FILE',
      message: expect.stringMatching(/^Dockerfile\.dockerignore:2: /),
    })
  })
})
