import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitTree } from './commit-tree.ts'
import { type TreeLimits, treeLimits } from './parse-tree.ts'
import { readFile } from './read-file.ts'
import { wholeBytes } from './read-objects.ts'
import { openWorkshop, type Workshop } from './tests/workshop.ts'

let workshop: Workshop
beforeEach(async () => {
  workshop = await openWorkshop()
})
afterEach(() => workshop.close())

async function contents(tree: SourceTree, entries: readonly TreeEntry[]): Promise<string[]> {
  const texts: string[] = []
  for await (const { content } of tree.read(entries)) texts.push(Buffer.from(content).toString())
  return texts
}

async function pushedTree(): Promise<SourceTree> {
  const commit = await workshop.commit()
  return commitTree({ repository: await workshop.bare(), commit, quarantine: null })
}

describe('the tree of a commit', () => {
  test('lists its files and reads them in the order asked for', async () => {
    await workshop.write('Dockerfile', 'FROM scratch\n')
    await workshop.write('src/deep/ü.txt', 'hello')
    await workshop.write('empty', '')
    await symlink('Dockerfile', join(workshop.copy, 'link'))
    const tree = await pushedTree()

    const entries = await tree.entries()
    expect(entries.map((entry) => [entry.path, entry.kind, entry.sizeBytes])).toEqual([
      ['Dockerfile', 'file', 13],
      ['empty', 'file', 0],
      ['link', 'link', 10],
      ['src/deep/ü.txt', 'file', 5],
    ])
    expect(await contents(tree, entries.toReversed())).toEqual(['hello', 'Dockerfile', '', 'FROM scratch\n'])
    expect(await contents(tree, [])).toEqual([])
  })

  test('gives equal content the same id in every commit', async () => {
    await workshop.write('a', 'same')
    await workshop.write('b', 'same')
    const [a, b] = await (await pushedTree()).entries()
    expect(a?.contentId).toBe(b?.contentId)
  })

  test('says which it is: the same for the same files, in whatever commit', async () => {
    await workshop.write('a', 'x')
    const commits = [await workshop.commit('one'), await workshop.commit('the same')]
    await workshop.write('a', 'y')
    commits.push(await workshop.commit('other content'))
    await workshop.git('update-index', '--chmod=+x', 'a')
    await workshop.git('commit', '--quiet', '--message', 'other mode')
    commits.push(await workshop.git('rev-parse', 'HEAD'))
    const repository = await workshop.bare()
    const idOf = (commit: string, limits?: TreeLimits) =>
      commitTree({ repository, commit, quarantine: null, limits }).id?.()

    const [one, same, ...others] = await Promise.all(commits.map((commit) => idOf(commit)))
    expect(same).toBe(one)
    const narrower = await idOf(commits[0] ?? '', { ...treeLimits, entries: 1 })
    expect(new Set([one, narrower, ...others]).size).toBe(4)
    await expect(idOf('a'.repeat(40))).rejects.toMatchObject({ code: 'SOURCE.COMMIT_NOT_FOUND' })
  })

  test('reads a large file in pieces and hundreds of small ones in order', async () => {
    const large = randomBytes(wholeBytes + 1)
    await workshop.write('large', large)
    for (let n = 0; n < 600; n++) await workshop.write(`many/${n}`, `content of ${n}`)
    const tree = await pushedTree()

    const hash = createHash('sha256')
    let pieces = 0
    for await (const { entry, content } of tree.read(await tree.entries())) {
      if (entry.path === 'large') {
        pieces++
        hash.update(content)
      } else {
        expect(Buffer.from(content).toString()).toBe(`content of ${entry.path.slice(5)}`)
      }
    }
    expect(pieces).toBeGreaterThan(1)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(large).digest('hex'))
  })

  test('can be left in the middle of reading', async () => {
    await workshop.write('large', randomBytes(wholeBytes))
    const tree = await pushedTree()
    for await (const { content } of tree.read(await tree.entries())) {
      expect(content.length).toBeGreaterThan(0)
      break
    }
  })

  test('of a push that is not accepted yet is read from the quarantine', async () => {
    await workshop.write('old', 'old')
    await workshop.commit()
    const repository = await workshop.bare()
    await workshop.write('new', 'new')
    const commit = await workshop.commit()
    const quarantine = join(repository, 'objects/tmp_objdir-incoming-Ab3dE9')
    await mkdir(quarantine)
    await workshop.git('repack', '-a', '-d', '--quiet')
    await rename(join(workshop.copy, '.git/objects/pack'), join(quarantine, 'pack'))

    const tree = commitTree({ repository, commit, quarantine })
    expect(await contents(tree, await tree.entries())).toEqual(['new', 'old'])
    const accepted = commitTree({ repository, commit, quarantine: null })
    await expect(accepted.entries()).rejects.toMatchObject({ code: 'SOURCE.COMMIT_NOT_FOUND' })
    const gone = commitTree({ repository, commit, quarantine: `${quarantine}gone` })
    await expect(gone.entries()).rejects.toMatchObject({ code: 'SOURCE.PUSH_GONE' })
  })

  test.each(['/etc', 'objects', 'objects/pack', 'objects/tmp_objdir-incoming-a/../../..', '../objects'])(
    'is not read from %s, which is no quarantine of the repository',
    async (place) => {
      const commit = await workshop.commit()
      const repository = await workshop.bare()
      const quarantine = place.startsWith('/') ? place : `${repository}/${place}`
      expect(() => commitTree({ repository, commit, quarantine })).toThrow(
        expect.objectContaining({ code: 'SOURCE.BAD_QUARANTINE' }),
      )
    },
  )

  test.each(['--help', 'HEAD', '', `${'a'.repeat(39)}g`])('takes no %j for a commit', (commit) => {
    expect(() => commitTree({ repository: '/nowhere', commit, quarantine: null })).toThrow(
      expect.objectContaining({ code: 'SOURCE.COMMIT_NOT_FOUND' }),
    )
  })
})

describe('what a build could not use', () => {
  const pointer = (more = '') =>
    `version https://git-lfs.github.com/spec/v1\n${more}oid sha256:${'b'.repeat(64)}\nsize 12345\n`

  test('a Git LFS pointer is named', async () => {
    await workshop.write('assets/logo.png', pointer())
    await expect((await pushedTree()).entries()).rejects.toMatchObject({
      code: 'SOURCE.LFS_POINTER',
      message: '"assets/logo.png" is a Git LFS pointer: its content is not in the repository.',
    })
  })

  test('a pointer with extensions is found where .gitattributes names the filter', async () => {
    await workshop.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n')
    await workshop.write('big.bin', pointer(`ext-0-foo sha256:${'c'.repeat(64)}\n`))
    await expect((await pushedTree()).entries()).rejects.toMatchObject({ code: 'SOURCE.LFS_POINTER' })
  })

  test('a text that only speaks of LFS is no pointer', async () => {
    await workshop.write('notes', `about ${pointer()}`.slice(0, 140))
    expect(await (await pushedTree()).entries()).toHaveLength(1)
  })

  test('a submodule is named', async () => {
    const commit = await workshop.commit()
    await workshop.git('update-index', '--add', '--cacheinfo', `160000,${commit},vendor/lib`)
    await workshop.git('commit', '--quiet', '--message', 'add')
    const repository = await workshop.bare()
    const tree = commitTree({ repository, commit: await workshop.git('rev-parse', 'HEAD'), quarantine: null })
    await expect(tree.entries()).rejects.toMatchObject({ code: 'SOURCE.SUBMODULE' })
  })
})

describe('a file that Berth reads itself', () => {
  test('is its text, or null where there is none', async () => {
    await workshop.write('Procfile', 'web: node server.js\n')
    const tree = await pushedTree()
    expect(await readFile(tree, 'Procfile')).toBe('web: node server.js\n')
    expect(await readFile(tree, 'app.json')).toBe(null)
  })

  test('may be neither large nor a link', async () => {
    await workshop.write('Procfile', 'x'.repeat(100))
    await symlink('/etc/passwd', join(workshop.copy, 'app.json'))
    const tree = await pushedTree()
    await expect(readFile(tree, 'Procfile', { maxBytes: 99 })).rejects.toMatchObject({
      code: 'SOURCE.FILE_TOO_LARGE',
    })
    await expect(readFile(tree, 'app.json')).rejects.toMatchObject({ code: 'SOURCE.NOT_A_FILE' })
  })
})
