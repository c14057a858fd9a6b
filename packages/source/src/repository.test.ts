import { randomUUID } from 'node:crypto'
import { chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitTree } from './commit-tree.ts'
import type { Owner } from './git.ts'
import { receivePack, uploadPack } from './receive.ts'
import {
  ensureRepository,
  maintainRepository,
  removeRepository,
  repositoryPath,
  setDefaultBranch,
} from './repository.ts'
import { parseCommit, readPushedCommit } from './revision.ts'
import { openWorkshop, type Workshop } from './tests/workshop.ts'

let workshop: Workshop
let home: string
beforeEach(async () => {
  workshop = await openWorkshop()
  home = await mkdtemp('/tmp/berth-repositories-')
})
afterEach(async () => {
  await workshop.close()
  await rm(home, { recursive: true, force: true })
})

const newPath = () => repositoryPath(home, randomUUID())

describe('a repository', () => {
  test('is made once, complete, however many ask at the same time', async () => {
    const path = newPath()
    await Promise.all(Array.from({ length: 5 }, () => ensureRepository({ path })))
    await ensureRepository({ path })
    expect(await readdir(home)).toEqual([path.slice(home.length + 1)])
    expect(await workshop.git('--git-dir', path, 'for-each-ref')).toBe('')
  })

  test('has no hooks and no configuration of its own beyond what makes it bare', async () => {
    const { path } = await ensureRepository({ path: newPath() })
    expect((await readdir(path)).sort()).toEqual(['HEAD', 'config', 'objects', 'refs'])
  })

  test('goes with everything in it, and it does not matter that it has gone', async () => {
    const repository = await ensureRepository({ path: newPath() })
    await removeRepository(repository)
    await removeRepository(repository)
    expect(await readdir(home)).toEqual([])
  })

  test('has no path for what is not an app’s id', () => {
    expect(() => repositoryPath(home, '../../etc')).toThrow(TypeError)
  })

  test('knows where a branch stands and which one a clone checks out', async () => {
    const commit = await workshop.commit()
    const path = await workshop.bare()
    await workshop.git('push', '--quiet', path, 'main:feature/a')
    await setDefaultBranch({ path }, 'feature/a')
    expect(await workshop.git('--git-dir', path, 'rev-parse', 'feature/a')).toBe(commit)
    expect(await workshop.git('ls-remote', '--symref', path, 'HEAD')).toContain('ref: refs/heads/feature/a')
  })

  test('is kept in order without harm to what is in it', async () => {
    const commit = await workshop.commit()
    const path = await workshop.bare()
    await maintainRepository({ path })
    expect(await workshop.git('--git-dir', path, 'rev-parse', 'main')).toBe(commit)
  })
})

describe.runIf(process.getuid?.() === 0)('a repository of another user', () => {
  test('is made and read as that user by root, with no exception for its owner', async () => {
    const user = await berthUser()
    await chown(home, user.uid, user.gid)
    const made = await ensureRepository({ path: newPath(), user })
    expect((await stat(join(made.path, 'HEAD'))).uid).toBe(user.uid)

    await workshop.write('file', 'text')
    const commit = await workshop.commit('first')
    const repository = await workshop.bare(user)
    const tree = commitTree({ repository, commit, quarantine: null, user })
    expect(await tree.entries()).toHaveLength(1)
    const pushed = { repository: { path: repository, user }, commit, quarantine: null, branch: 'main' }
    expect(await readPushedCommit(pushed)).toMatchObject({ message: 'first', branchCommit: commit })
  })
})

async function berthUser(): Promise<Owner> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (option) => (await localRunner.run({ argv: ['id', option, 'berth'] })).stdout),
  )
  return { uid: Number(uid), gid: Number(gid) }
}

describe('a revision', () => {
  test('tells message and author', async () => {
    const commit = await workshop.commit('Make it blue\n\nBecause of the sea.')
    const repository = await workshop.bare()
    const pushed = { repository: { path: repository }, commit, quarantine: null, branch: 'main' }
    expect(await readPushedCommit(pushed)).toEqual({
      commit,
      message: 'Make it blue\n\nBecause of the sea.',
      author: 'Ada Lovelace',
      branchCommit: commit,
    })
  })

  test('needs no parents, so a shallow clone can be read', async () => {
    await workshop.commit('one')
    const commit = await workshop.commit('two')
    const shallow = join(workshop.directory, 'shallow')
    await workshop.git('clone', '--quiet', '--bare', '--depth=1', `file://${workshop.copy}`, shallow)
    const read = readPushedCommit({ repository: { path: shallow }, commit, quarantine: null, branch: 'main' })
    expect(await read).toMatchObject({ message: 'two' })
  })

  test('is read together with the place where its branch stands', async () => {
    const before = await workshop.commit('before')
    const repository = await workshop.bare()
    const commit = await workshop.commit('after\n\nrefs/heads/main missing\n')
    await workshop.git('push', '--quiet', repository, 'main:other')
    const pushed = { repository: { path: repository }, commit, quarantine: null }
    const said = { commit, message: 'after\n\nrefs/heads/main missing', author: 'Ada Lovelace' }
    expect(await readPushedCommit({ ...pushed, branch: 'main' })).toEqual({ ...said, branchCommit: before })
    expect(await readPushedCommit({ ...pushed, branch: 'new' })).toEqual({ ...said, branchCommit: null })
    const missing = readPushedCommit({ ...pushed, commit: 'a'.repeat(40), branch: 'main' })
    await expect(missing).rejects.toMatchObject({ code: 'SOURCE.COMMIT_NOT_FOUND' })
  })

  test('is cut to a length that fits a record, whatever the commit says', () => {
    const raw = `tree x\nauthor ${'n'.repeat(999)} <e> 1 +0000\n\n${'m'.repeat(9_999)}\0`
    const { author, message } = parseCommit(raw)
    expect([author.length, message.length]).toEqual([200, 2_000])
    expect(parseCommit('tree x')).toEqual({ author: '', message: '' })
  })
})

describe('the commands that speak with a client', () => {
  const repository = { path: '/r/a.git' }

  test('check what they receive, bound it, and run one hook', () => {
    const { argv } = receivePack({
      repository,
      hooks: '/hooks',
      mode: 'connected',
      protocol: null,
      maxInputBytes: 9,
    })
    expect(argv).toContain('transfer.fsckObjects=true')
    expect(argv).toContain('receive.maxInputSize=9')
    expect(argv.filter((word) => word.startsWith('core.hooksPath=')).at(-1)).toBe('core.hooksPath=/hooks')
    expect(argv.slice(-2)).toEqual(['receive-pack', '/r/a.git'])
  })

  test('pass on no protocol that they do not know', () => {
    const call = { repository, mode: 'stateless' as const }
    expect(uploadPack({ ...call, protocol: 'version=2' }).env).toMatchObject({ GIT_PROTOCOL: 'version=2' })
    expect(uploadPack({ ...call, protocol: 'version=2:x' }).env).not.toHaveProperty('GIT_PROTOCOL')
  })
})
