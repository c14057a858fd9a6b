import { command, localRunner } from '@berth/command'
import { settingsEnvironment } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeKey, person, type Signed } from '../platform/person.ts'
import { checkout, type Platform, startPlatform } from '../platform/start-platform.ts'

/** What members may and may not, and what is written down of it, through the command line. */
let platform: Platform
let ada: Signed
let bob: Signed

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada', { team: 'Harbour', role: 'owner' })
  bob = await person(platform, 'bob', { team: 'Harbour', role: 'developer' })
  await as(ada, 'create', 'shop')
})
afterAll(() => platform?.remove())

const as = (who: Signed, ...words: string[]) => platform.berth(words, { env: who.env, okStatuses: [0, 1] })
const withToken = (token: string, ...words: string[]) =>
  platform.berth(words, { env: { ...ada.env, BERTH_TOKEN: token }, okStatuses: [0, 1] })

describe('a role', () => {
  test('that does not allow it changes nothing', async () => {
    for (const words of [
      ['members', 'invite', 'eve@example.test'],
      ['members', 'role', 'ada@example.test', 'viewer'],
      ['members', 'remove', 'ada@example.test'],
      ['teams', 'rename', 'Mine'],
      ['audit'],
      ['deploy-keys', 'add', `${bob.keyPath}.pub`, '--app', 'shop'],
    ]) {
      const refused = await as(bob, ...words)
      expect([refused.status, refused.stderr], words.join(' ')).toEqual([1, expect.stringContaining('role')])
    }
  })

  test('is changed by an owner; an admin makes no owner; the last owner stays', async () => {
    expect((await as(ada, 'members', 'role', 'bob@example.test', 'admin')).stdout).toContain('admin now')
    expect((await as(bob, 'members', 'role', 'bob@example.test', 'owner')).stderr).toContain('Only an owner')
    expect((await as(bob, 'members', 'remove', 'ada@example.test')).stderr).toContain('Only an owner')
    expect((await as(ada, 'members', 'leave')).stderr).toContain('keeps one owner')
    await as(ada, 'members', 'role', 'bob@example.test', 'developer')
  })
})

describe('a token', () => {
  test('does what its scope says, for what it is for, until it is revoked', async () => {
    await as(ada, 'create', 'other')
    const made = await as(ada, 'tokens', 'create', 'ci', '--scope', 'read', '--app', 'shop', '--json')
    const { token, record } = JSON.parse(made.stdout) as { token: string; record: { id: string } }
    expect(JSON.parse((await withToken(token, 'apps', '--json')).stdout)).toMatchObject([{ name: 'shop' }])
    expect((await withToken(token, 'releases', '--app', 'shop')).status).toBe(0)
    for (const words of [
      ['releases', '--app', 'other'],
      ['ps', 'restart', '--app', 'shop'],
      ['tokens', 'create', 'wider', '--scope', 'admin'],
      ['keys', 'remove', record.id],
      ['members'],
    ]) {
      const refused = await withToken(token, ...words)
      expect([refused.status, refused.stderr], words.join(' ')).toEqual([1, expect.stringContaining('token')])
    }
    expect((await as(ada, 'tokens')).stdout).toMatch(/ci\s+berth_\w+\s+read\s+shop/)
    await as(ada, 'tokens', 'revoke', record.id)
    expect((await withToken(token, 'apps')).stderr).toContain('not signed in')
  })
})

test('an app goes to another team, and with it who may see it', async () => {
  await as(ada, 'create', 'moving')
  await as(ada, 'teams', 'create', 'Second')
  expect((await as(bob, 'releases', '--app', 'moving')).status).toBe(0)
  const moved = await as(ada, 'teams', 'transfer', '--app', 'moving', '--to', 'Second')
  expect(moved.stdout).toContain('belongs to the team Second now')
  expect((await as(bob, 'releases', '--app', 'moving')).stderr).toContain('There is no app "moving"')
  expect((await as(ada, 'releases', '--app', 'moving')).status).toBe(0)
})

test('a deploy key is added, listed and removed', async () => {
  const key = await makeKey(platform, 'ci')
  expect(
    (await as(ada, 'deploy-keys', 'add', `${key}.pub`, '--read-only', '--app', 'shop')).stdout,
  ).toContain('may fetch shop')
  expect((await as(ada, 'deploy-keys', 'add', `${bob.keyPath}.pub`, '--app', 'shop')).stderr).toContain(
    'belongs to an account',
  )
  expect((await as(bob, 'deploy-keys', '--app', 'shop')).stdout).toMatch(/ci\s+fetch\s+SHA256:/)
  expect((await as(ada, 'deploy-keys', 'remove', 'ci', '--app', 'shop')).status).toBe(0)
  expect((await as(ada, 'deploy-keys', '--app', 'shop', '--json')).stdout.trim()).toBe('[]')
})

test('whoever is removed hears no more of a stream within a minute', async () => {
  const follower = localRunner.start(
    {
      ...command(process.execPath, `${checkout}/apps/cli/src/berth.ts`, 'logs', '--follow', '--app', 'shop'),
      env: { ...settingsEnvironment(platform.settings), ...bob.env },
    },
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const stderr: Buffer[] = []
  follower.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  let ended: number | null | undefined
  const over = follower.exited.then(({ status }) => {
    ended = status
  })
  try {
    // It is open as soon as the platform has seen the token used again; a stream that never opened would end at once.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect([ended, Buffer.concat(stderr).toString()]).toEqual([undefined, ''])
    const removed = await as(ada, 'members', 'remove', 'bob@example.test', '--team', 'Harbour')
    expect(removed).toMatchObject({ status: 0 })
    await expect.poll(() => ended, { timeout: 60_000 }).toBe(1)
    expect(Buffer.concat(stderr).toString()).toContain('There is no app "shop"')
  } finally {
    follower.kill('SIGKILL')
    await over
  }
})

describe('the audit log', () => {
  type Entry = {
    action: string
    who: string
    by: string | null
    outcome: string
    error: string | null
    object: string
    before: unknown
    after: unknown
    door: string
  }
  const read = async (...words: string[]) =>
    JSON.parse((await as(ada, 'audit', '--json', '--team', 'Harbour', ...words)).stdout) as Entry[]

  test('has who did what, by what, and what was refused', async () => {
    const entries = await read('--action', 'members')
    expect(entries[0]).toMatchObject({
      ...{
        action: 'members.remove',
        who: 'ada <ada@example.test>',
        by: expect.stringContaining('token story'),
      },
      ...{
        outcome: 'done',
        object: 'team Harbour',
        before: { email: 'bob@example.test', role: 'developer' },
        door: 'api',
      },
    })
    expect(entries).toContainEqual(
      expect.objectContaining({
        action: 'members.setRole',
        outcome: 'refused',
        error: 'MEMBER.ROLE_TOO_HIGH',
      }),
    )
  })

  test('is filtered by app, person and time', async () => {
    const ofShop = await read('--app', 'shop')
    expect(ofShop.map(({ action }) => action)).toContain('deployKeys.remove')
    expect(new Set(ofShop.map(({ object }) => object))).toEqual(new Set(['app shop']))
    expect((await read('--person', 'bob@example.test')).every(({ who }) => who.startsWith('bob'))).toBe(true)
    expect(await read('--person', 'nobody@example.test')).toEqual([])
    expect(await read('--until', '2020-01-01')).toEqual([])
  })

  test('is exported whole, for programs and for spreadsheets, without a token in it', async () => {
    const lines = (await as(ada, 'audit', 'export', '--team', 'Harbour')).stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Entry).action)).toContain('apps.create')
    const csv = (await as(ada, 'audit', 'export', '--format', 'csv', '--team', 'Harbour')).stdout
    expect(csv.split('\r\n')[0]).toMatch(/^at,endedAt,who,by,action/)
    for (const { token } of [ada, bob]) expect(csv + lines.join()).not.toContain(token)
  })

  test('tells everybody what they did themselves, and what was done at the machine for them', async () => {
    const own = JSON.parse((await as(ada, 'audit', '--own', '--json')).stdout) as Entry[]
    expect(own).toContainEqual(
      expect.objectContaining({ action: 'account token', who: 'root at the machine', door: 'machine' }),
    )
    expect(own.map(({ action }) => action)).toContain('people.tokens.revoke')
  })
})
