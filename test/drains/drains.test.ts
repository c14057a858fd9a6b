import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { talkingApp } from '../logs/talking-app.ts'
import { person, type Signed } from '../platform/person.ts'
import { killPart } from '../platform/processes.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { visit } from '../platform/visitors.ts'
import {
  type HttpReceiver,
  httpReceiver,
  type SyslogReceiver,
  syslogReceiver,
  type TestAuthority,
  testAuthority,
} from './receivers.ts'

type Drain = {
  id: string
  to: string
  state: { sentLines: number; lostLines: number; problem: { message: string } | null } | null
}

/** Each command is a program of its own, and the machine may be busy. */
const poll = <Result>(ask: () => Result | Promise<Result>) => expect.poll(ask, { timeout: 60_000 })

let platform: Platform
let ada: Signed
let authority: TestAuthority
let syslog: SyslogReceiver
let http: HttpReceiver

beforeAll(async () => {
  platform = await startPlatform({ privateHosts: ['localhost'] })
  ada = await person(platform, 'ada')
  authority = await testAuthority(platform.directory)
  syslog = await syslogReceiver(authority)
  http = await httpReceiver(authority)
  const pushed = await (await talkingApp(platform, 'talk')).push(ada, 'talk')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
  await syslog?.leave()
  await http?.close()
})

const berth = async (...words: string[]) =>
  (await platform.berth([...words, '--app', 'talk'], { env: ada.env })).stdout
const refused = async (...words: string[]) =>
  (await platform.berth([...words, '--app', 'talk'], { env: ada.env, okStatuses: [1] })).stderr
const drains = async () => JSON.parse(await berth('drains', '--json')) as Drain[]
const say = (words: string) => visit(platform, 'talk', `/cgi-bin/say?${words}`)
const heard = () => syslog.messages.map(({ text }) => text)

test('a drain over TLS is added, tested, and gets what is printed', async () => {
  const address = `syslog+tls://localhost:${syslog.port}`
  const added = JSON.parse(
    await berth('drains', 'add', address, '--authority', authority.authorityPath, '--json'),
  ) as Drain
  expect(added.to).toBe(address)
  expect(await berth('drains:test', added.id.slice(0, 8))).toMatch(/A line has got to syslog\+tls:/)
  await poll(() => heard().some((text) => text.startsWith('This is a test of the drain'))).toBe(true)
  await poll(async () => {
    await say('over-the-wire')
    return syslog.messages
  }).toContainEqual({ priority: 134, app: 'talk', program: 'app', process: 'web.1', text: 'over-the-wire' })
  await poll(() =>
    syslog.messages.some(({ program, text }) => program === 'router' && text.includes('status=200')),
  ).toBe(true)
})

test('a receiver that is away and comes back misses nothing, and lines keep their order', async () => {
  await syslog.leave()
  for (let number = 0; number < 30; number += 1) await say(`away-${number}`)
  await poll(async () => (await drains())[0]?.state?.problem?.message ?? '').toMatch(
    /was not reached: ECONNREFUSED/,
  )
  await killPart(platform, 'worker')
  await syslog.come()
  const numbers = () =>
    heard()
      .flatMap((text) => /^away-(\d+)$/.exec(text)?.[1] ?? [])
      .map(Number)
  await poll(() => new Set(numbers()).size).toBe(30)
  const first = [...new Set(numbers())]
  expect(first).toEqual(Array.from({ length: 30 }, (_, number) => number))
})

test('over HTTP lines come in batches, with the header, and after an outage', async () => {
  const key = `${platform.directory}/key`
  await writeFile(key, 'Bearer s3cret\n')
  const address = `https://localhost:${http.port}/in?key=hidden`
  const added = JSON.parse(
    await berth(
      'drains',
      'add',
      address,
      '--header-file',
      `Authorization=${key}`,
      '--authority',
      authority.authorityPath,
      '--json',
    ),
  ) as Drain
  expect(added.to).toBe(`https://localhost:${http.port}/…`)
  const got = () => http.posted.flatMap(({ lines }) => lines.map(({ message }) => message))
  await poll(async () => {
    await say('in-a-batch')
    return got()
  }).toContain('in-a-batch')
  expect(http.posted[0]).toMatchObject({ authorization: 'Bearer s3cret', path: '/in?key=hidden' })
  http.ill = true
  await say('while-it-was-ill')
  await poll(async () => (await drains())[1]?.state?.problem?.message ?? '').toMatch(/500 not now/)
  http.ill = false
  await poll(got).toContain('while-it-was-ill')
  const shown = JSON.stringify(await drains()) + (await berth('drains'))
  expect(shown).not.toMatch(/s3cret|hidden/)
  expect(platform.lines.join('\n')).not.toMatch(/s3cret|key=hidden/)
})

test('a certificate of nobody known, or of another name, is not trusted', async () => {
  for (const address of [`syslog+tls://localhost:${syslog.port}`, `https://localhost:${http.port}/`]) {
    const { id } = JSON.parse(await berth('drains', 'add', address, '--json')) as Drain
    expect(await refused('drains', 'test', id)).toMatch(
      /was not reached: (UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER)/,
    )
    await berth('drains', 'remove', id)
  }
})

test.each([
  'https://127.0.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'syslog+tcp://10.0.0.1:601',
  'syslog+tls://[::1]:6514',
])('%s is not called: the platform’s own neighbourhood is closed', async (address) => {
  const { id } = JSON.parse(await berth('drains', 'add', address, '--json')) as Drain
  expect(await refused('drains', 'test', id)).toMatch(/is an address of this machine or of a private network/)
  await berth('drains', 'remove', id)
})

test.each([
  [['drains', 'add', 'http://logs.example.com'], /address must be one of syslog\+tls/],
  [['drains', 'add', 'syslog+tls://logs', '--header', 'a=b'], /headers must be left out/],
  [['drains', 'add', 'https://logs.example.com', '--header', 'nothing'], /A header is NAME=VALUE/],
  [['drains', 'add', 'https://logs.example.com', '--authority', '/nowhere.pem'], /cannot be read: ENOENT/],
  [['drains', 'remove', 'ffffffff'], /no drain "ffffffff"/],
  [['drains', 'test', 'x'], /no drain "x"/],
])('%j is refused, and nothing changed', async (words, says) => {
  const before = (await drains()).map(({ id }) => id)
  expect(await refused(...words)).toMatch(says)
  expect((await drains()).map(({ id }) => id)).toEqual(before)
})

test('a drain that is removed gets nothing more', async () => {
  for (const { id } of await drains()) await berth('drains', 'remove', id)
  expect(await berth('drains')).toMatch(/sent nowhere/)
  const before = http.posted.length
  await say('after-the-removal')
  const logged = () => berth('logs', '--source', 'app', '--search', 'after-the-removal')
  await poll(logged).toContain('after-the-removal')
  expect(http.posted.length).toBe(before)
  expect(heard()).not.toContain('after-the-removal')
})

test('the audit log says that a drain was added, and none of its secrets', async () => {
  await berth('drains', 'add', 'https://me:pa55word@logs.example.com/in?key=hidden')
  const { stdout } = await platform.berth(['audit', '--json'], { env: ada.env })
  expect(stdout).toContain('https://logs.example.com/…')
  expect(stdout).not.toMatch(/pa55word|hidden/)
})
