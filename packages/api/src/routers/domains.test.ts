import { globSync, readFileSync } from 'node:fs'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, readSettings } from '@berth/domain'
import type { FakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { certificateError, parseCertificate } from '@berth/route'
import {
  type TemporaryCertificates,
  temporaryCertificates,
} from '@berth/route/drivers/haproxy/test-certificates.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from '../context.ts'
import { createCaller } from '../router.ts'

let stores: ReturnType<typeof fakeStores>
let live: ReturnType<typeof fakeLiveClient>
let jobs: unknown[][]
let app: App
let ada: string
let made: TemporaryCertificates

beforeAll(async () => {
  made = await temporaryCertificates()
})
afterAll(() => made.remove())

beforeEach(async () => {
  stores = fakeStores()
  live = fakeLiveClient()
  jobs = []
  ada = await person('Ada', 'Harbour')
  app = await appOf(ada, 'shop')
})

async function person(name: string, team: string): Promise<string> {
  const email = `${name.toLowerCase()}@example.com`
  const made = await stores.people.createPerson({
    name,
    email,
    passwordHash: null,
    team: { name: team },
    role: 'developer',
  })
  return made.id
}

async function appOf(personId: string, name: string): Promise<App> {
  const [member] = await stores.people.memberships(personId)
  return await stores.apps.create({ name: name as AppName, teamId: member?.teamId ?? '' })
}

function as(personId = ada) {
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)) }
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere', BERTH_BASE_DOMAIN: 'apps.test' })
  const parts = { stores, queue, live, settings, version: '1' } as unknown as ApiParts
  return createCaller(createContext(parts, { id: personId, name: 'Ada', email: 'ada@example.com' }))
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  )
const audited = () => (stores.audit as FakeAuditLog).entries
const hostsOf = async (of = app) => (await stores.domains.list(of.id)).map(({ host }) => host)

describe('domains', () => {
  test('are added as they are known, and the worker is told at once', async () => {
    const added = await as().domains.add({ app: 'shop', hosts: ['WWW.Shop.test', 'www.shop.test'] })
    expect(added).toEqual({ hosts: ['www.shop.test'], redirectTo: null })
    expect(jobs).toEqual([
      ['converge-app', { appId: app.id }],
      ['look-after-certificates', {}],
    ])
    const listed = await as().domains.list({ app: 'shop' })
    expect(listed).toMatchObject([
      { host: 'shop.apps.test', isDefault: true, certificate: null },
      { host: 'www.shop.test', isDefault: false, certificate: null, problem: null },
    ])
  })

  test('are at most a hundred an app', async () => {
    for (let number = 0; number < 99; number += 1) await stores.domains.add(app.id, `n${number}.test`)
    const two = { app: 'shop', hosts: ['a.test', 'b.test'] }
    expect(await code(as().domains.add(two))).toBe('DOMAIN.TOO_MANY')
    await as().domains.add({ app: 'shop', hosts: ['a.test'] })
  })

  test('of another app are refused, below a wildcard of another team too, and then none of several is added', async () => {
    const eve = await person('Eve', 'Elsewhere')
    const other = await appOf(eve, 'other')
    const blog = await appOf(ada, 'blog')
    await stores.domains.add(app.id, '*.shop.test')
    await stores.domains.add(app.id, 'www.free.test')
    const add = (who: string, name: string, ...hosts: string[]) =>
      code(as(who).domains.add({ app: name, hosts }))
    expect(await add(eve, 'other', 'fine.test', '*.shop.test')).toBe('DOMAIN.TAKEN')
    expect(await add(eve, 'other', 'a.shop.test')).toBe('DOMAIN.TAKEN')
    expect(await add(eve, 'other', '*.free.test')).toBe('DOMAIN.TAKEN')
    expect(await hostsOf(other)).toEqual([])
    expect(await add(ada, 'blog', 'a.shop.test')).toBe('none')
    expect(await hostsOf(blog)).toEqual(['a.shop.test'])
  })

  test('redirect to the app’s own alone, and what others are sent to stays', async () => {
    const add = (host: string, redirectTo: string) =>
      code(as().domains.add({ app: 'shop', hosts: [host], redirectTo }))
    expect(await add('shop.test', 'www.shop.test')).toBe('DOMAIN.NO_TARGET')
    expect(await add('shop.test', 'shop.test')).toBe('DOMAIN.NO_TARGET')
    expect(await add('old.test', 'shop.apps.test')).toBe('none')
    await as().domains.add({ app: 'shop', hosts: ['www.shop.test'] })
    expect(await add('shop.test', 'www.shop.test')).toBe('none')
    expect(await add('circle.test', 'shop.test')).toBe('DOMAIN.NO_TARGET')
    const remove = (host: string) => code(as().domains.remove({ app: 'shop', host }))
    expect(await remove('www.shop.test')).toBe('DOMAIN.IN_USE')
    expect(await remove('shop.test')).toBe('none')
    expect(await remove('www.shop.test')).toBe('none')
    expect(await remove('www.shop.test')).toBe('DOMAIN.NOT_FOUND')
  })

  test('redirect elsewhere from now on, or answer themselves again', async () => {
    await as().domains.add({ app: 'shop', hosts: ['shop.test', 'www.shop.test'] })
    const redirect = (host: string, to: string | null) =>
      code(as().domains.redirect({ app: 'shop', host, to }))
    expect(await redirect('shop.test', 'elsewhere.test')).toBe('DOMAIN.NO_TARGET')
    expect(await redirect('shop.test', 'shop.test')).toBe('DOMAIN.NO_TARGET')
    expect(await redirect('gone.test', null)).toBe('DOMAIN.NOT_FOUND')
    jobs.length = 0
    expect(await redirect('shop.test', 'www.shop.test')).toBe('none')
    expect(jobs.map(([name]) => name)).toEqual(['converge-app', 'look-after-certificates'])
    expect(await redirect('www.shop.test', 'shop.apps.test')).toBe('DOMAIN.IN_USE')
    expect(await redirect('www.shop.test', 'shop.test')).toBe('DOMAIN.NO_TARGET')
    expect(await redirect('shop.test', null)).toBe('none')
    expect(await as().domains.list({ app: 'shop' })).toMatchObject([
      ...[{ isDefault: true }, { host: 'shop.test', redirectTo: null }, { host: 'www.shop.test' }],
    ])
    expect(audited().at(-1)).toMatchObject({ before: { redirectTo: 'www.shop.test' } })
  })

  test('are told what their records must say', async () => {
    const target = { name: 'berth.example.com', addresses: ['192.0.2.1'] }
    expect(await as().domains.target({ app: 'shop' })).toEqual(target)
    live.available = false
    expect(await code(as().domains.target({ app: 'shop' }))).toBe('LIVE.UNAVAILABLE')
  })

  test('are looked at by the worker', async () => {
    const host = 'www.shop.test'
    await stores.domains.add(app.id, host)
    const lead = { host, leadsHere: true, addresses: ['192.0.2.1'], alias: null, found: 'it does' }
    live.leads.set(host, { ...lead, record: { type: 'A', name: host, value: '192.0.2.1' } })
    expect(await as().domains.verify({ app: 'shop', host: 'WWW.shop.test' })).toMatchObject(lead)
    expect(await code(as().domains.verify({ app: 'shop', host: 'a.test' }))).toBe('DOMAIN.NOT_FOUND')
  })
})

describe('certificates', () => {
  const pemFor = async (...hosts: string[]) => {
    const pem = (await made.make(...hosts)).reveal()
    return { app: 'shop', certificate: pem, key: pem }
  }

  test('of one’s own are taken for the app’s domains, and nothing of the key is told', async () => {
    await stores.domains.add(app.id, 'www.shop.test')
    const given = await pemFor('www.shop.test')
    const caller = as()
    const added = await caller.certificates.add(given)
    const listed = await caller.certificates.list({ app: 'shop' })
    expect(listed.certificates).toMatchObject([{ id: added.id, source: 'own', state: 'valid', nextAt: null }])
    const secret = /BEGIN PRIVATE KEY-----\n(\S{20})/.exec(given.key)?.[1] ?? 'none'
    expect(JSON.stringify([added, listed, audited()])).not.toContain(secret)
    expect(await as().domains.list({ app: 'shop' })).toMatchObject([{}, { certificate: { source: 'own' } }])
    await as().certificates.remove({ app: 'shop', id: added.id.slice(0, 8) })
    expect(await code(as().certificates.remove({ app: 'shop', id: added.id }))).toBe('CERTIFICATE.NOT_FOUND')
  })

  test('for other names, beyond twenty, and of other apps are refused', async () => {
    expect(await code(as().certificates.add(await pemFor('elsewhere.test')))).toBe('CERTIFICATE.UNUSABLE')
    const own = parseCertificate(await pemFor('own.test'))
    for (let number = 0; number < 20; number += 1) await stores.certificates.add(app.id, own)
    expect(await code(as().certificates.add(await pemFor('shop.apps.test')))).toBe('CERTIFICATE.TOO_MANY')
    const blog = await appOf(ada, 'blog')
    const foreign = await stores.certificates.add(blog.id, own)
    expect(await code(as().certificates.remove({ app: 'shop', id: foreign.id }))).toBe(
      'CERTIFICATE.NOT_FOUND',
    )
  })

  test('are obtained by themselves, or not', async () => {
    expect(await as().certificates.list({ app: 'shop' })).toEqual({
      auto: true,
      available: false,
      certificates: [],
    })
    const caller = as()
    await caller.certificates.auto({ app: 'shop', on: false })
    expect(audited()).toMatchObject([{ before: { auto: true }, after: { auto: false } }])
    expect(await as().certificates.list({ app: 'shop' })).toMatchObject({ auto: false })
  })
})

describe('what an app asks of the front door', () => {
  test('is changed in part, and told of as people know it', async () => {
    const caller = as()
    await caller.routing.set({ app: 'shop', maxBodyBytes: 1_000, sticky: true })
    await caller.routing.set({ app: 'shop', sticky: false })
    expect(await caller.routing.get({ app: 'shop' })).toMatchObject({
      maxBodyBytes: 1_000,
      sticky: false,
      users: null,
    })
    expect(audited().at(-1)).toMatchObject({ before: { sticky: true }, after: { sticky: false } })
  })

  test('holds passwords that nobody is told', async () => {
    const caller = as()
    const answered = await caller.routing.addUser({ app: 'shop', name: 'ann', password: 'correct horse' })
    const { users } = await stores.doors.current(app.id)
    expect(answered.users).toEqual(['ann'])
    expect(JSON.stringify([answered, audited()])).not.toMatch(/correct|verifier/)
    expect(JSON.stringify([answered, audited()])).not.toContain(users?.key)
    expect(users?.people[0]?.verifier).toMatch(/^[0-9A-F]{64}$/)
    expect((await caller.routing.removeUser({ app: 'shop', name: 'ann' })).users).toEqual([])
    expect((await caller.routing.openToAll({ app: 'shop' })).users).toBeNull()
  })

  test('has pages of its own, and the front door’s again', async () => {
    const page = (html: string | null) => as().routing.page({ app: 'shop', page: '503', html })
    expect((await page('<p>soon</p>')).pages).toEqual(['503'])
    expect((await page(null)).pages).toEqual([])
    expect(await code(page('ä'.repeat(6_001)))).toBe('API.BAD_INPUT')
  })
})

test('every code of certificates and domains is reached by a test', () => {
  const root = new URL('../../../../', import.meta.url).pathname
  const patterns = [
    'packages/{api,route}/src/**/*.test.ts',
    'apps/worker/src/**/*.test.ts',
    'test/certificates/*.test.ts',
  ]
  const text = globSync(patterns, { cwd: root })
    .map((name) => readFileSync(`${root}${name}`, 'utf8'))
    .join('\n')
  expect(Object.keys(certificateError).filter((one) => !text.includes(`'${one}'`))).toEqual([])
})
