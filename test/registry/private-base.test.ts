import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'

/** An app on a base image that its team alone may pull: here an image of another app of theirs, in the platform's registry. */
let platform: Platform
let ada: Signed
let eve: Signed
let site: Repository
let theft: Repository
let registry: string

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada', { team: 'Acme' })
  eve = await person(platform, 'eve', { team: 'Others' })
  registry = `127.0.0.1:${platform.settings.receiverPort}`
  const base = await (await smallApp(platform, 'shop')).push(ada, 'shop')
  expect(base.status, base.stderr).toBe(0)
  site = await smallApp(platform, 'site')
  theft = await smallApp(platform, 'theft')
  for (const work of [site, theft]) await work.commit(onShop('of its own'))
})
afterAll(async () => {
  await platform?.remove()
})

const onShop = (text: string) => ({
  Dockerfile: `FROM ${registry}/shop:v1\nCOPY www /www\n`,
  'www/index.html': `${text}\n`,
})
const login = (as: Signed) =>
  platform.berth(['registry', 'login', registry, '-u', 'any', '--password-stdin'], {
    env: as.env,
    input: `${as.token}\n`,
  })
const list = async (as: Signed) =>
  (await platform.berth(['registry', 'list', '--json'], { env: as.env })).stdout

test('without an account at its registry, the push says what is missing', async () => {
  const pushed = await site.push(ada, 'site')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toContain('Dockerfile:1')
  expect(pushed.stderr).toContain(registry)
})

test('with one the app is built and answers; the list does not have the password', async () => {
  expect((await login(ada)).stdout).toContain(`the team Acme pull from ${registry} as any`)
  const listed = await list(ada)
  expect(JSON.parse(listed)).toMatchObject([{ host: registry, username: 'any', by: 'ada' }])
  expect(listed).not.toContain(ada.token)
  const pushed = await site.push(ada, 'site')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(pushed.stderr).not.toContain(ada.token)
})

test('another team gets it neither from the machine, where it now lies, nor with its own account', async () => {
  expect(JSON.parse(await list(eve))).toEqual([])
  const refused = async () => {
    const pushed = await theft.push(eve, 'theft')
    expect(pushed.status).toBe(1)
    expect(pushed.stderr).toContain('Dockerfile:1')
  }
  await refused()
  await login(eve)
  await refused()
})

test('an account is forgotten', async () => {
  const { stdout } = await platform.berth(['registry', 'logout', registry], { env: ada.env })
  expect(stdout).toContain('without an account')
  expect(JSON.parse(await list(ada))).toEqual([])
})
