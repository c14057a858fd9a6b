import { symlink } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gitEnvironment, makeKey, person, type Signed } from '../platform/person.ts'
import { type Repository, repository, sshRemote } from '../platform/repository.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'

let platform: Platform
let ada: Signed
let work: Repository
let count = 0

beforeAll(async () => {
  platform = await startPlatform()
  await platform.berth(['image', 'bootstrap', 'debian:bookworm-slim'])
  ada = await person(platform, 'ada')
  work = await repository(platform, 'work', null)
  await work.commit({ Dockerfile: 'FROM debian:bookworm-slim\nCMD ["sleep", "60"]\n' })
})

afterAll(async () => {
  await platform?.remove()
})

async function apps(as: Signed = ada): Promise<string[]> {
  const { stdout } = await platform.berth(['apps', '--json'], { env: as.env })
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name).sort()
}

/** Pushes a repository of just these files to a new app, and expects a refusal. */
async function refused(
  files: Record<string, string>,
  prepare?: (work: Repository) => Promise<unknown>,
): Promise<string> {
  count += 1
  const own = await repository(platform, `refused-${count}`, null)
  await prepare?.(own)
  await own.commit(files)
  const pushed = await own.push(ada, `refused-${count}`)
  expect(pushed.status, pushed.stderr).toBe(1)
  expect(pushed.stderr).toContain(' !     ')
  expect(
    (await own.git('ls-remote', '--heads', sshRemote(platform, `refused-${count}`)).catch(() => null))
      ?.stdout ?? '',
  ).toBe('')
  return pushed.stderr
}

test('a repository without a Dockerfile is told what one looks like', async () => {
  expect(await refused({ 'package.json': '{}' })).toMatch(/no "Dockerfile"[\s\S]*FROM/)
})

test('a syntax error names file and line', async () => {
  expect(await refused({ Dockerfile: 'FROM debian:bookworm-slim\nRUNN echo hello\n' })).toMatch(
    /Dockerfile:2[\s\S]*RUNN/,
  )
})

test('an unknown base image says how to get one', async () => {
  expect(await refused({ Dockerfile: 'FROM nobody/knows:this\n' })).toMatch(/nobody\/knows:this/)
})

test('a link out of the context stays a link, and leads nowhere on the host', async () => {
  const text = await refused(
    { Dockerfile: 'FROM debian:bookworm-slim\nCOPY out /out\nRUN cat /out/passwd-of-host && exit 9\n' },
    async (own) => {
      await symlink('/etc', `${own.directory}/out`)
    },
  )
  expect(text).not.toContain('berth-postgres')
})

test('a Dockerfile that leads out of the repository is not followed', async () => {
  const text = await refused({ 'README.md': 'A repository\n' }, async (own) => {
    await symlink('/etc/passwd', `${own.directory}/Dockerfile`)
  })
  expect(text).toMatch(/Dockerfile/)
  expect(text).not.toContain('berth-postgres')
})

test('merge markers in a Procfile are refused before the build', async () => {
  const text = await refused({
    Dockerfile: 'FROM debian:bookworm-slim\nRUN echo the-build-ran\n',
    Procfile: '<<<<<<< HEAD\nweb: a\n=======\nweb: b\n>>>>>>> other\n',
  })
  expect(text).toMatch(/Procfile/)
  expect(text).not.toContain('the-build-ran')
})

test("a stranger's key is refused", async () => {
  const key = await makeKey(platform, 'stranger')
  const pushed = await work.push({ ...ada, gitEnv: gitEnvironment(key) }, 'strange')
  expect(pushed.status).toBe(128)
  expect(pushed.stderr).toMatch(/Permission denied|not known/i)
  expect(await apps()).not.toContain('strange')
})

test('a push with a wrong token is refused', async () => {
  const pushed = await work.pushHttp({ ...ada, token: 'berth_wrong' }, 'strange')
  expect(pushed.status).toBe(128)
  expect(pushed.stderr).toMatch(/Authentication failed|401|terminal prompts disabled/i)
})

test("another team's app is as good as absent", async () => {
  await platform.berth(['create', 'hers'], { env: ada.env })
  const eve = await person(platform, 'eve')
  const pushed = await work.push(eve, 'hers')
  expect(pushed.status).not.toBe(0)
  expect(pushed.stderr).toMatch(/no app|not found|taken/i)
  expect(await apps(eve)).not.toContain('hers')
  const seen = await platform.berth(['releases', '--app', 'hers'], { env: eve.env, okStatuses: [1] })
  expect(seen.stderr).toMatch(/no app|not found/i)
})

test.each([
  ['with capitals', 'MyApp'],
  ['of 300 characters', 'a'.repeat(300)],
  ['that is an option', '--upload-pack=touch'],
  ['that climbs', '../../etc'],
  ['with a shell in it', 'a;touch x'],
  ['that Berth keeps', 'berth'],
])('a name %s is refused, and nothing is made', async (_, name) => {
  const before = await apps()
  const pushed = await work.push(ada, name)
  expect(pushed.status).not.toBe(0)
  expect(pushed.stderr).toMatch(/not a valid app name|kept for Berth|strange hostname|blocked/i)
  const created = await platform.berth(['create', '--', name], { env: ada.env, okStatuses: [1] })
  expect(created.stderr).toMatch(/not a valid app name|kept for Berth/)
  expect(await apps()).toEqual(before)
})

test('a NUL in a name is refused by the door itself', async () => {
  const response = await fetch(
    `http://127.0.0.1:${platform.settings.receiverPort}/git/a%00b.git/info/refs?service=git-receive-pack`,
    {
      headers: { authorization: `Basic ${Buffer.from(`git:${ada.token}`).toString('base64')}` },
    },
  )
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  expect(await response.text()).not.toContain('refs/')
})

test('SSH gives no shell', async () => {
  const asked = await localRunner.run(
    command(
      'ssh',
      '-p',
      String(platform.settings.sshPort),
      '-i',
      ada.keyPath,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
      'git@127.0.0.1',
      'cat /etc/passwd',
    ),
    { okStatuses: [1, 128, 255] },
  )
  expect(asked.stdout + asked.stderr).not.toContain('root:')
})
