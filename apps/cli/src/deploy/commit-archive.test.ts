import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { command, localRunner } from '@berth/command'
import { makeTar, type TarPart } from '@berth/engine/archive/make-tar.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { archiveBranch, commitArchive } from './commit-archive.ts'
import { type ArchiveLimits, readArchive } from './read-archive.ts'

let directory: string
let repository: string
beforeEach(async () => {
  directory = await mkdtemp('/tmp/berth-archive-test-')
  repository = `${directory}/repository`
  await git('init', '--quiet', '--bare', '--', repository)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function git(...words: string[]): Promise<string> {
  return (await localRunner.run(command('git', `--git-dir=${repository}`, ...words))).stdout
}

async function commit(parts: TarPart[], options: { limits?: ArchiveLimits; parent?: string } = {}) {
  const file = `${directory}/shop.tar.gz`
  await writeFile(file, gzipSync(makeTar(parts)))
  await commitArchive({
    ...{ repository, file, message: 'Deploy shop.tar.gz\n\nwith "quotes"', parent: options.parent ?? null },
    files: readArchive(file, options.limits),
    author: { name: 'Ada <Lovelace>', email: 'ada@example.test' },
  })
}

const tree = async () =>
  (await git('ls-tree', '-r', archiveBranch))
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/ blob [0-9a-f]+\t/, ' '))
const show = (path: string) => git('show', `${archiveBranch}:${path}`)

describe('an archive', () => {
  test('becomes a commit with its files, links and modes', async () => {
    await commit([
      { path: './Dockerfile', content: 'FROM scratch\n' },
      { path: './bin/run me', content: '#!', mode: 0o755 },
      { path: './bin/"odd\\name', content: 'odd' },
      { path: './link', type: '2', linkTarget: '/etc/passwd' },
      { path: './again', type: '1', linkTarget: './Dockerfile' },
      { path: './empty', content: '' },
    ])
    expect(await tree()).toEqual([
      '100644 Dockerfile',
      '100644 again',
      String.raw`100644 "bin/\"odd\\name"`,
      '100755 bin/run me',
      '100644 empty',
      '120000 link',
    ])
    expect(await show('again')).toBe('FROM scratch\n')
    expect(await show('link')).toBe('/etc/passwd')
    expect(await git('log', '-1', '--format=%an <%ae>%n%B', archiveBranch)).toBe(
      'Ada Lovelace <ada@example.test>\nDeploy shop.tar.gz\n\nwith "quotes"\n',
    )
  })

  test('whose files lie in one directory is that directory', async () => {
    await commit([
      { path: 'shop-1.2/', type: '5' },
      { path: 'shop-1.2/Dockerfile', content: 'FROM scratch\n' },
      { path: 'shop-1.2/src/main.js', content: '' },
    ])
    expect(await tree()).toEqual(['100644 Dockerfile', '100644 src/main.js'])
  })

  test('follows what was deployed before, and keeps nothing of it', async () => {
    await commit([{ path: 'old', content: 'old' }])
    const parent = (await git('rev-parse', archiveBranch)).trim()
    await commit([{ path: 'new', content: 'new' }], { parent })
    expect(await tree()).toEqual(['100644 new'])
    expect((await git('rev-parse', `${archiveBranch}^`)).trim()).toBe(parent)
  })
})

describe('an archive is refused, and nothing of it is a commit', () => {
  const file = { path: 'Dockerfile', content: 'FROM scratch\n' }
  test.each<[string, TarPart, RegExp]>([
    ['for a path that leads out', { path: '../out', content: 'x' }, /leads out/],
    ['for one that leads out further down', { path: 'a/../../out', content: 'x' }, /leads out/],
    ['for an absolute path', { path: '/etc/cron.d/x', content: 'x' }, /absolute/],
    ["for git's own directory", { path: '.git/hooks/post-checkout', content: 'x' }, /git's own/],
    ['for that in another writing', { path: 'a/.GIT. /config', content: 'x' }, /git's own/],
    ['for its short name', { path: 'git~1/config', content: 'x' }, /git's own/],
    ['for that with a letter nobody sees', { path: '.g\u200cit/config', content: 'x' }, /git's own/],
    ['for a line end in a name', { path: 'a\nM 100644 inline .git/config', content: 'x' }, /written/],
    ['for a device', { path: 'null', type: '3' }, /neither a file nor a link/],
    ['for a pipe', { path: 'pipe', type: '6' }, /neither a file nor a link/],
    ['for a hard link out of it', { path: 'shadow', type: '1', linkTarget: '/etc/shadow' }, /absolute/],
    ['for a hard link to nothing', { path: 'gone', type: '1', linkTarget: 'nothere' }, /not in it/],
    ['for a link that leads nowhere', { path: 'link', type: '2', linkTarget: '' }, /nowhere/],
  ])('%s', async (_what, part, reason) => {
    await expect(commit([file, part])).rejects.toMatchObject({ code: 'CLI.BAD_ARCHIVE', message: reason })
    await expect(git('rev-parse', '--verify', '--quiet', archiveBranch)).rejects.toThrow()
  })

  test('that holds no file', async () => {
    await expect(commit([{ path: 'empty/', type: '5' }])).rejects.toMatchObject({ message: /no file/ })
  })

  test('that claims more than it has', async () => {
    await expect(commit([{ path: 'short', content: 'x', sizeBytes: 1_000_000 }])).rejects.toMatchObject({
      code: 'ARCHIVE.INVALID',
    })
  })

  test('that unpacks to more than a push may bring', async () => {
    const limits = { bytes: 1024 * 1024, entries: 10 }
    const large = { path: 'zeros', content: Buffer.alloc(2 * 1024 * 1024) }
    await expect(commit([large], { limits })).rejects.toMatchObject({ code: 'ARCHIVE.TOO_LARGE' })
    const many = Array.from({ length: 11 }, (_, n) => ({ path: `file${n}`, content: '' }))
    await expect(commit(many, { limits })).rejects.toMatchObject({ message: /more than 10 entries/ })
  })
})
