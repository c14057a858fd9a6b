import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { directoryTree } from './directory-tree.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-context-'))
})
afterEach(() => rm(directory, { recursive: true }))

const write = async (path: string, content: string | Uint8Array) => {
  await mkdir(join(directory, dirname(path)), { recursive: true })
  await writeFile(join(directory, path), content)
}
const paths = async (tree: SourceTree) => (await tree.entries()).map(({ path }) => path)
const filesOf = async (tree: SourceTree) => (await tree.entries()).filter(({ kind }) => kind !== 'directory')
const contents = async (tree: SourceTree, entries: readonly TreeEntry[]) => {
  const texts: Record<string, string> = {}
  for await (const { entry, content } of tree.read(entries)) {
    texts[entry.path] = (texts[entry.path] ?? '') + Buffer.from(content).toString('latin1')
  }
  return texts
}

describe('the tree of a directory', () => {
  test('is its files, links and directories, sorted by bytes, with modes and a hash of what they hold', async () => {
    await write('b/run', 'x')
    await chmod(join(directory, 'b/run'), 0o755)
    await write('b.txt', 'hello')
    await mkdir(join(directory, 'empty'))
    await chmod(join(directory, 'empty'), 0o2750)
    await chmod(join(directory, 'b.txt'), 0o4640)
    await chmod(join(directory, 'b'), 0o755)
    await symlink('/etc/passwd', join(directory, 'link'))
    const tree = await directoryTree(directory)

    expect(await tree.entries()).toEqual([
      { path: 'b', ...directoryEntry, mode: 0o755 },
      {
        path: 'b.txt',
        kind: 'file',
        executable: false,
        mode: 0o4640,
        contentId: sha256('hello'),
        sizeBytes: 5,
      },
      { path: 'b/run', kind: 'file', executable: true, mode: 0o755, contentId: sha256('x'), sizeBytes: 1 },
      { path: 'empty', ...directoryEntry, mode: 0o2750 },
      { path: 'link', kind: 'link', executable: false, contentId: sha256('/etc/passwd'), sizeBytes: 11 },
    ])
    expect(await contents(tree, await filesOf(tree))).toEqual({
      'b.txt': 'hello',
      'b/run': 'x',
      link: '/etc/passwd',
    })
  })

  test('leaves sockets out', async () => {
    const server = createServer().listen(join(directory, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    expect(await paths(await directoryTree(directory))).toEqual([])
    await new Promise((resolve) => server.close(resolve))
  })

  test('reads a large file in pieces', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'abc')
    await write('large', large)
    const tree = await directoryTree(directory)
    expect((await contents(tree, await tree.entries())).large).toBe(large.toString('latin1'))
  })

  test('does not read or enter what is ignored', async () => {
    await write('.dockerignore', 'node_modules\n*.log\n')
    await write('node_modules/a/index.js', 'x')
    await write('b.log', 'x')
    const entries = await (await directoryTree(directory)).entries()
    expect(entries.map(({ path, contentId }) => [path, contentId === 'ignored'])).toEqual([
      ['.dockerignore', false],
      ['b.log', true],
      ['node_modules', false],
    ])
  })

  test('enters an ignored directory for what is taken back, and reads an ignored Dockerfile', async () => {
    await write('app.Dockerfile.dockerignore', '*\n!kept/**\n')
    await write('.dockerignore', 'kept\n')
    await write('app.Dockerfile', 'FROM scratch')
    await write('kept/deep/file', 'x')
    const entries = await filesOf(await directoryTree(directory, 'app.Dockerfile'))
    const read = entries.filter(({ contentId }) => contentId !== 'ignored').map(({ path }) => path)
    expect(read).toEqual(['.dockerignore', 'app.Dockerfile', 'app.Dockerfile.dockerignore', 'kept/deep/file'])
  })

  test.each([
    ['another content of the same size', () => write('file', 'other')],
    ['more', () => write('file', 'hello, more')],
    ['less', () => write('file', '')],
    ['nothing', () => rm(join(directory, 'file'))],
    ['a link out of it', async () => rename(await linkToPasswd(), join(directory, 'file'))],
  ])('that changed to %s before it is read ends the build', async (_what, change) => {
    await write('file', 'hello')
    const tree = await directoryTree(directory)
    const entries = await tree.entries()
    await change()
    await expect(contents(tree, entries)).rejects.toMatchObject({ code: 'CONTEXT.CHANGED' })
  })

  test('a large file that changed ends the build', async () => {
    await write('large', Buffer.alloc(2 * 1024 * 1024, 1))
    const tree = await directoryTree(directory)
    const entries = await tree.entries()
    await write('large', Buffer.alloc(2 * 1024 * 1024, 2))
    await expect(contents(tree, entries)).rejects.toMatchObject({ code: 'CONTEXT.CHANGED' })
  })

  test.each(['nowhere', 'file', 'file/below'])('%s is no directory', async (path) => {
    await write('file', '')
    await expect(directoryTree(join(directory, path))).rejects.toMatchObject({
      code: 'CONTEXT.NOT_A_DIRECTORY',
    })
  })
})

const directoryEntry = { kind: 'directory', executable: false, contentId: '', sizeBytes: 0 }

async function linkToPasswd(): Promise<string> {
  await symlink('/etc/passwd', join(directory, 'trap'))
  return join(directory, 'trap')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
