import { writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { makeTar } from '@berth/engine/archive/make-tar.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { type Repository, repository, sshRemote } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { visit } from '../platform/visitors.ts'

/**
 * An app that nobody pushes: from an image, from a repository elsewhere (another app's, over the platform's own git door, which
 * asks for an account), and from an archive.
 */
let platform: Platform
let ada: Signed
let eve: Signed
let source: Repository
let door: string

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 30_000, privateHosts: ['127.0.0.1'] })
  ada = await person(platform, 'ada')
  eve = await person(platform, 'eve')
  door = `127.0.0.1:${platform.settings.receiverPort}`
  source = await smallApp(platform, 'source')
  const pushed = await source.push(ada, 'source')
  expect(pushed.status, pushed.stderr).toBe(0)
  for (const name of ['shop', 'other']) await platform.berth(['create', name], { env: ada.env })
})
afterAll(async () => {
  await platform?.remove()
})

const berth = (...words: string[]) => platform.berth(words, { env: ada.env, okStatuses: [0, 1, 69, 70] })
const ok = async (...words: string[]) => {
  const done = await berth(...words)
  expect(done.status, `${words.join(' ')}\n${done.stdout}${done.stderr}`).toBe(0)
  return done.stdout
}
const refused = async (...words: string[]) => {
  const done = await berth(...words)
  // 69: a registry that cannot be reached from here.
  expect([1, 69], `${words.join(' ')}\n${done.stdout}${done.stderr}`).toContain(done.status)
  return done.stdout + done.stderr
}
const json = async <Value>(...words: string[]) => JSON.parse(await ok(...words, '--json')) as Value
type Release = { reason: string; by: string | null; commit: { commit: string } | null }
const newest = async (app: string) => (await json<Release[]>('releases', '--app', app))[0]

describe('an image', () => {
  test('of the store is released and live, like a push', async () => {
    const directory = `${platform.directory}/image`
    await localRunner.run(command('cp', '-R', '--', source.directory, directory))
    await platform.berth(['engine', 'build', '-t', 'acme/site:1', directory])
    const told = await ok('deploy', '--image', 'acme/site:1', '--app', 'shop')
    expect(told).toMatch(
      /=====> Taking the image acme\/site:1[\s\S]*=====> Starting v1[\s\S]*Deployed shop v1/,
    )
    expect((await visit(platform, 'shop')).body).toBe('version one\n')
    expect(await newest('shop')).toMatchObject({
      reason: 'Deploy the image acme/site:1',
      by: 'ada',
      commit: null,
    })
  })

  test('that is nowhere, or no name of an image, is refused; the app runs on', async () => {
    expect(await refused('deploy', '--image', 'acme/nothing:1', '--app', 'shop')).toMatch(/acme\/nothing:1/)
    for (const name of ['--help', 'a b', '$HOME', 'x\nRUN y', ''])
      expect(await refused('deploy', `--image=${name}`, '--app', 'shop')).toMatch(/name of an image|Say one/)
    expect((await visit(platform, 'shop')).body).toBe('version one\n')
  })

  test('of another app is not found, by name or by digest', async () => {
    const images = (await platform.berth(['engine', 'images', '--json'])).stdout
    const digest = /sha256:[0-9a-f]{64}/.exec(images)?.[0] ?? ''
    expect(digest).not.toBe('')
    const name = /berth\/source:[0-9a-f]{12}/.exec(images)?.[0] ?? 'berth/source:latest'
    for (const reference of [name, digest, digest.slice(7, 19)])
      expect(await refused('deploy', '--image', reference, '--app', 'shop')).toMatch(
        /not found|no image|name of|cannot be reached/i,
      )
    expect(await refused('deploy', '--image', name, '--pull', '--app', 'shop')).toMatch(/image/i)
  })
})

describe('a repository elsewhere', () => {
  const url = () => `http://${door}/git/source.git`

  test('that lets nobody in is refused without an account', async () => {
    expect(await refused('deploy', '--git', url(), '--app', 'shop')).toMatch(/could not be fetched/)
    expect((await visit(platform, 'shop')).body).toBe('version one\n')
  })

  test('is fetched with the account of the team, built and released', async () => {
    await platform.berth(['registry', 'login', door, '-u', 'any', '--password-stdin'], {
      env: ada.env,
      input: `${ada.token}\n`,
    })
    await source.commit(smallVersion('two'), 'Version two')
    expect((await source.push(ada, 'source')).status).toBe(0)
    const commit = (await source.git('rev-parse', 'HEAD')).stdout.trim()
    const told = await ok('deploy', '--git', url(), '--ref', 'main', '--app', 'shop')
    expect(told).toContain(`Fetched ${commit.slice(0, 7)}: Version two`)
    expect(told).not.toContain(ada.token)
    expect((await visit(platform, 'shop')).body).toBe('version two\n')
    expect(await newest('shop')).toMatchObject({
      reason: `Deploy main of ${url()}`,
      by: 'ada',
      commit: { commit },
    })
  })

  test('is fetched at a commit, and at its default branch', async () => {
    const first = (await source.git('rev-list', '--max-parents=0', 'HEAD')).stdout.trim()
    await ok('deploy', '--git', url(), '--ref', first, '--app', 'shop')
    expect((await visit(platform, 'shop')).body).toBe('version one\n')
    await ok('deploy', '--git', url(), '--app', 'shop')
    expect((await visit(platform, 'shop')).body).toBe('version two\n')
  })

  test('leaves nothing behind', async () => {
    const { stdout } = await localRunner.run(command('ls', `${platform.settings.home}/repositories`))
    expect(stdout).not.toContain('fetched')
  })

  test.each([
    ['file:///etc', /https:/],
    ['/srv/git/shop.git', /https:/],
    ['ext::sh -c id', /https:/],
    ['--upload-pack=id', /https:/],
    ['ssh://git@example.com/shop.git', /by https alone[\s\S]*https:\/\/example\.com\/shop\.git/],
    ['git@example.com:ann/shop.git', /https:\/\/example\.com\/ann\/shop\.git/],
    ['https://ann:secret@example.com/shop.git', /user name or a password/],
    ['http://169.254.169.254/latest', /private network/],
    ['http://10.0.0.1/shop.git', /private network/],
    ['http://[::1]:80/shop.git', /private network/],
    ['http://localhost/shop.git', /private network|ECONN/],
  ])('%s is refused', async (address, reason) => {
    expect(await refused('deploy', `--git=${address}`, '--app', 'shop')).toMatch(reason)
  })

  test.each(['--upload-pack=id', 'main:refs/heads/x', '../x', 'a b', 'nosuch'])(
    'its ref %j is refused',
    async (ref) => {
      expect(await refused('deploy', '--git', url(), `--ref=${ref}`, '--app', 'shop')).toMatch(
        /is not a branch|could not be fetched/,
      )
    },
  )
})

describe('an archive', () => {
  const archive = async (work: Repository, name: string) => {
    const file = `${platform.directory}/${name}`
    await work.git('archive', '--format=tar.gz', '--prefix=site/', '-o', file, 'HEAD')
    return file
  }

  test('is deployed as the next commit of the app', async () => {
    const file = await archive(source, 'site-2.tar.gz')
    const told = await ok('deploy', '--archive', file, '--app', 'other')
    expect(told).toMatch(/-----> Received main at [0-9a-f]{7}: Deploy site-2\.tar\.gz/)
    expect((await visit(platform, 'other')).body).toBe('version two\n')
    await source.commit(smallVersion('three'), 'Version three')
    const next = await archive(source, 'site-3.tar.gz')
    expect(await json('deploy', '--archive', next, '--app', 'other')).toMatchObject({
      version: 2,
      state: 'live',
    })
    expect((await visit(platform, 'other')).body).toBe('version three\n')
  })

  test('is history that a working copy can follow', async () => {
    const clone = await repository(platform, 'clone', null)
    const pull = {
      ...command('git', '-C', clone.directory, 'pull', '-q', sshRemote(platform, 'other'), 'main'),
    }
    await localRunner.run({ ...pull, env: ada.gitEnv })
    expect((await clone.git('log', '--format=%s')).stdout).toBe(
      'Deploy site-3.tar.gz\nDeploy site-2.tar.gz\n',
    )
    await clone.commit(smallVersion('four'), 'Version four')
    expect((await clone.push(ada, 'other')).status).toBe(0)
    expect((await visit(platform, 'other')).body).toBe('version four\n')
  })

  test('that leads out, is none or is not there, is refused before anything is sent', async () => {
    const hostile = `${platform.directory}/hostile.tar`
    await writeFile(hostile, makeTar([{ path: '../../etc/cron.d/x', content: '* * * * * root id\n' }]))
    const none = `${platform.directory}/none.tar.gz`
    await writeFile(none, 'no archive at all')
    for (const file of [hostile, none, `${platform.directory}/missing.tar.gz`])
      expect(await refused('deploy', '--archive', file, '--app', 'other')).toMatch(
        /archive|cannot be deployed/i,
      )
    expect((await visit(platform, 'other')).body).toBe('version four\n')
  })

  test('that does not build is refused like a push', async () => {
    const file = `${platform.directory}/bad.tar`
    await writeFile(file, makeTar([{ path: 'Dockerfile', content: 'FROM nowhere/at-all\n' }]))
    expect(await refused('deploy', '--archive', file, '--app', 'other')).toMatch(
      /nowhere\/at-all[\s\S]*not deployed/,
    )
    expect((await visit(platform, 'other')).body).toBe('version four\n')
  })
})

test('one source is said, no more and no less', async () => {
  expect(await refused('deploy', '--app', 'shop')).toMatch(/Say one of/)
  expect(await refused('deploy', '--image', 'a', '--git', 'b', '--app', 'shop')).toMatch(/Say one of/)
  expect(await refused('deploy', '--image', 'a', '--ref', 'main', '--app', 'shop')).toMatch(
    /belongs to --git/,
  )
})

test('a stranger deploys nothing of it', async () => {
  const archive = `${platform.directory}/site-3.tar.gz`
  for (const words of [
    ['--image', 'acme/site:1'],
    ['--git', `http://${door}/git/source.git`],
    ['--archive', archive],
  ]) {
    const { status, stderr } = await platform.berth(['deploy', ...words, '--app', 'shop'], {
      env: eve.env,
      okStatuses: [1],
    })
    expect([status, stderr]).toEqual([1, expect.stringMatching(/There is no app "shop"/)])
  }
})
