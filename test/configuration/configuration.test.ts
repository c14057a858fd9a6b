import { writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { places } from '@berth/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { underLoad, visit } from '../platform/visitors.ts'
import { toldApp, toldFiles } from './told-app.ts'

/** What must be found nowhere in the clear. */
const tokenCanary = 'canary-of-the-token-7f3a91'
const keyCanary = 'canary-of-the-key-5be20c'

let platform: Platform
let ada: Signed
let work: Repository

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 30_000 })
  ada = await person(platform, 'ada')
  work = await toldApp(platform, 'shop')
})

afterAll(async () => {
  await platform?.remove()
})

const berth = (words: string[], input = '', okStatuses = [0]) =>
  platform.berth([...words, '--app', 'shop'], { env: ada.env, input, okStatuses })
const answer = async (path = '/') => (await visit(platform, 'shop', path)).body.trim()

async function releases(): Promise<
  { version: number; reason: string; isLive: boolean; available: boolean }[]
> {
  return JSON.parse((await berth(['releases', '--json'])).stdout)
}

/** Files under these directories that hold one of the canaries. */
async function foundIn(directories: readonly string[], text: string): Promise<string[]> {
  const { stdout } = await localRunner.run(command('grep', '-rlaF', '--', text, ...directories), {
    okStatuses: [0, 1],
    maxOutputBytes: 1_000_000,
  })
  return stdout.split('\n').filter((line) => line !== '')
}

test('a first push that lacks what app.json requires says which, before it builds', async () => {
  const env = JSON.stringify({ env: { GREETING: {}, KEY: { generator: 'secret' }, MOOD: 'fine' } })
  await work.commit({ ...toldFiles, 'app.json': env })
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toContain('app.json requires what nobody has set: GREETING.')
  expect(pushed.stderr).toContain('berth config set GREETING=… --app shop')
  expect(pushed.stderr).not.toContain('COPY busybox')
})

test('what is set before the first push counts for it, and app.json fills the rest', async () => {
  const set = await berth(['config', 'set', 'GREETING=hello', 'COLOR=blue'])
  expect(set.stdout).toContain('Set COLOR, GREETING.\nIt counts from the first push on.')
  await berth(['config', 'set', 'TOKEN', '--stdin'], tokenCanary)
  await writeFile(`${platform.directory}/key.pem`, `${keyCanary}\n`)
  await berth(['config', 'file', 'set', 'key.pem', '--from', `${platform.directory}/key.pem`])
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(await answer()).toBe('hello')
  const listed = await berth(['config', '--json'])
  expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).toEqual([
    'COLOR',
    'GREETING',
    'KEY',
    'MOOD',
    'TOKEN',
  ])
  expect((await berth(['config', 'get', 'KEY'])).stdout).toMatch(/^[0-9a-f]{64}\n$/)
})

test('a build sees an ARG and a secret mount, and the image keeps nothing of the secret', async () => {
  expect(await answer('/built')).toBe(`color blue, token ${tokenCanary.length}`)
  const image = `${platform.directory}/image.tar`
  const engine = (words: string[]) => platform.berth(['engine', ...words])
  const names = (await engine(['images', '--json'])).stdout
  const name = /berth\/shop:[0-9a-f]+/.exec(names)?.[0] ?? ''
  await engine(['save', '-o', image, name])
  expect(await foundIn([image], 'color blue')).toEqual([image])
  expect(await foundIn([image], tokenCanary)).toEqual([])
})

test('a secret file is readable inside, and not writable', async () => {
  expect(await answer('/key')).toBe(keyCanary)
  const { secretFiles } = places(platform.settings)
  expect(secretFiles.startsWith(platform.settings.run)).toBe(true)
})

test('several variables are one release, live without a failed request', async () => {
  const before = await releases()
  const { result, failures } = await underLoad(platform, 'shop', () =>
    berth(['config', 'set', 'GREETING=good day', 'MOOD=better']),
  )
  expect(result.stdout).toContain('Set GREETING, MOOD.')
  expect(result.stdout).toContain('is live.')
  expect(failures).toEqual([])
  expect(await answer()).toBe('good day')
  const after = await releases()
  expect(after).toHaveLength(before.length + 1)
  expect(after[0]).toMatchObject({ reason: 'Set GREETING, MOOD', isLive: true, available: true })
})

test('where nothing differs nothing happens', async () => {
  const before = await releases()
  const set = await berth(['config', 'set', 'MOOD=better'])
  expect(set.stdout).toBe('Nothing differs from what is set: nothing to do.\n')
  expect(await releases()).toEqual(before)
})

test('a .env file is imported as one release, one that is not understood not at all', async () => {
  const before = await releases()
  const refused = await berth(['config', 'import'], 'GREETING=lost\nno assignment\n', [1])
  expect(refused.stderr).toContain('Line 2: it is not `NAME=value`.')
  await berth(['config', 'import', '-'], '# greetings\nexport GREETING="good evening"\nMOOD=best\n')
  expect(await answer()).toBe('good evening')
  expect(await releases()).toHaveLength(before.length + 1)
  const exported = (await berth(['config', 'export', '--format', 'json'])).stdout
  expect(JSON.parse(exported)).toMatchObject({ GREETING: 'good evening', MOOD: 'best', COLOR: 'blue' })
})

test('what is unset is gone from the next instances', async () => {
  await berth(['config:unset', 'GREETING'])
  expect(await answer()).toBe('')
})

test.each([
  [['config', 'set', '1A=x'], 'is not the name of a variable'],
  [['config', 'set', 'BERTH_APP=x'], 'is set by Berth itself'],
  [['config', 'set', 'NOVALUE'], 'An assignment reads NAME=value'],
  [['config', 'get', 'GREETING'], 'GREETING is not set.'],
  [['config', 'file', 'set', '../x', '--from', '/etc/hostname'], 'cannot be kept'],
  [['releases', 'info', 'v99'], 'There is no release v99.'],
  [['rollback', 'v99'], 'There is no release v99.'],
  [['rollback', 'first'], 'they are called v1, v2'],
])('%j is refused in words, and nothing is changed', async (words, message) => {
  const before = await releases()
  const refused = await berth(words, '', [1])
  expect(refused.stderr.replaceAll('"', '')).toContain(message)
  expect(await releases()).toEqual(before)
})

test('a rollback brings image and configuration back, without a failed request', async () => {
  await work.commit({ ...toldFiles, 'www/version': 'two\n' })
  expect((await work.push(ada, 'shop')).status).toBe(0)
  expect(await answer('/version')).toBe('two')
  const { result, failures } = await underLoad(platform, 'shop', () => berth(['rollback', 'v1']))
  expect(result.stdout).toContain('Going back to v1')
  expect(failures).toEqual([])
  expect([await answer('/version'), await answer()]).toEqual(['one', 'hello'])
  expect((await berth(['config', 'get', 'GREETING'])).stdout).toBe('hello\n')
})

test('rolling back twice is going forth again, and the configuration can be kept', async () => {
  await berth(['rollback', '--keep-config'])
  expect([await answer('/version'), await answer()]).toEqual(['two', 'hello'])
})

test('of two people who change something at once neither is lost', async () => {
  await Promise.all(['MOOD=one', 'TIDE=two', 'WIND=three'].map((word) => berth(['config', 'set', word])))
  const told = JSON.parse((await berth(['config', 'export', '--format', 'json'])).stdout)
  expect(told).toMatchObject({ MOOD: 'one', TIDE: 'two', WIND: 'three' })
  const [latest] = await releases()
  expect(latest).toMatchObject({ isLive: true })
  const info = JSON.parse((await berth(['releases', 'info', `v${latest?.version}`, '--json'])).stdout)
  expect(info.variables).toEqual(expect.arrayContaining(['MOOD', 'TIDE', 'WIND']))
})

test('what lies between two releases is told, and no value is', async () => {
  const difference = (await berth(['releases', 'diff', 'v1', 'v2'])).stdout
  expect(difference).toContain('~ GREETING')
  const [latest] = await releases()
  const images = JSON.parse((await berth(['releases', 'diff', 'v1', `v${latest?.version}`, '--json'])).stdout)
  expect(images.files.changes).toContainEqual({ change: 'changed', path: '/www/version' })
  expect(images.commits.added.map(({ subject }: { subject: string }) => subject)).toEqual(['A change'])
  const info = (await berth(['releases', 'info', 'v1'])).stdout
  expect(info).toMatch(/variables +COLOR, GREETING, KEY, MOOD, TOKEN/)
  expect(info + difference + JSON.stringify(images)).not.toMatch(/canary|good day/)
})

test('a release whose image is gone is shown as such, and not gone back to', async () => {
  const all = JSON.parse((await berth(['releases', '--json'])).stdout) as {
    version: number
    imageDigest: string
  }[]
  const first = all.find(({ version }) => version === 1)
  await platform.berth(['engine', 'rmi', first?.imageDigest ?? ''])
  expect((await berth(['releases'])).stdout).toMatch(/^v1 +image gone/m)
  const refused = await berth(['rollback', 'v1'], '', [1])
  expect(refused.stderr).toContain('The image of v1 is no longer here.')
  expect((await berth(['releases', 'diff', 'v1', 'v2'])).stdout).toContain('MOOD')
})

test('nothing that was told stands in the clear in the database, in a log or in an image', async () => {
  const { postgresData, engine, stageLogs, appLogs } = places(platform.settings)
  // The control: what is no secret is found by the same search.
  expect(await foundIn([postgresData], 'Set GREETING, MOOD')).not.toEqual([])
  for (const canary of [tokenCanary, keyCanary, Buffer.from(`${keyCanary}\n`).toString('base64')]) {
    expect(await foundIn([postgresData, stageLogs, appLogs], canary)).toEqual([])
    expect(await foundIn([`${engine}/images`, `${engine}/layers`], canary)).toEqual([])
  }
  expect(await foundIn([platform.settings.home], keyCanary)).toEqual([])
})

test('the key is turned while everything runs: what was told is read, and new releases are made', async () => {
  const { underKey, after } = await turnedKey()
  expect(underKey.stdout).toContain('The former key opens nothing any more.')
  expect(after).toBe('turned')
  await platform.stop()
  await platform.start()
  expect((await berth(['config', 'get', 'TOKEN'])).stdout).toBe(`${tokenCanary}\n`)
  await berth(['config', 'set', 'GREETING=after the key'])
  expect([await answer(), await answer('/key')]).toEqual(['after the key', keyCanary])
})

async function turnedKey() {
  const turning = platform.berth(['secrets', 'rotate'])
  await berth(['config', 'set', 'GREETING=turned'])
  return { underKey: await turning, after: await answer() }
}
