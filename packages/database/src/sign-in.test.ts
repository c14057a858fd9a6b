import { openPeople, openSealing, type People } from '@berth/people'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from './connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from './temporary-database.ts'

/** People against a real database; here because `people` must not import this package. In order: one platform's life. */
let temporary: TemporaryDatabase
let database: Database
let people: People
const origin = 'http://berth.localhost:8080'
const password = 'correct horse battery'

beforeAll(async () => {
  temporary = await temporaryDatabase()
  database = openDatabase(temporary.settings)
  people = openPeople({
    ...{ database, settings: temporary.settings, secret: 'a secret of thirty-two characters' },
    ...{ sealing: openSealing('key'), sendText: null },
  })
})

afterAll(async () => {
  await database.close()
  await temporary.remove()
})

const tokenOf = (path: string) => new URL(path, origin).searchParams.get('token') ?? ''
const claim = (token: string, email = 'ada@example.com') =>
  people.claimOwner({ token, name: 'Ada', email, password })

function post(path: string, body: object, headers: Record<string, string> = {}) {
  return people.auth.handler(
    new Request(`${origin}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify(body),
    }),
  )
}

function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

describe('the first owner', () => {
  test('needs a link that exists', async () => {
    await expect(claim('made up')).rejects.toMatchObject({ code: 'LINK.INVALID' })
    expect(await people.hasOwner()).toBe(false)
  })

  test('cannot use a link that was replaced', async () => {
    const old = await people.createOwnerLink()
    await people.createOwnerLink()
    await expect(claim(tokenOf(old))).rejects.toMatchObject({ code: 'LINK.INVALID' })
  })

  test('is told what is wrong with the form, and may use the link again', async () => {
    const token = tokenOf(await people.createOwnerLink())
    const form = { token, name: 'Ada', email: 'ada@example.com', password: 'short' }
    await expect(people.claimOwner(form)).rejects.toMatchObject({ code: 'PEOPLE.INVALID' })
    await expect(people.claimOwner({ ...form, password, email: 'ada' })).rejects.toMatchObject({
      code: 'PEOPLE.INVALID',
    })
  })

  test('is made exactly once, and signed in', async () => {
    const path = await people.createOwnerLink()
    expect(path).toMatch(/^\/welcome\?token=[\w-]{43}$/)
    const claims = await Promise.allSettled([1, 2, 3].map((n) => claim(tokenOf(path), `ada${n}@example.com`)))
    const won = claims.filter((one) => one.status === 'fulfilled')
    expect(won).toHaveLength(1)
    const headers = won[0]?.value.headers ?? new Headers()
    expect(headers.getSetCookie()[0]).toMatch(/^berth\.session_token=.*HttpOnly; SameSite=Lax/i)
    expect((await people.sessionOf(new Headers({ cookie: cookieOf(headers) })))?.person).toEqual(
      won[0]?.value.person,
    )
    expect(await people.hasOwner()).toBe(true)
    await expect(claim(tokenOf(path))).rejects.toMatchObject({ code: 'LINK.USED' })
    await expect(people.createOwnerLink()).rejects.toMatchObject({ code: 'PEOPLE.OWNER_EXISTS' })
  })
})

describe('an account made at the machine', () => {
  test('joins the team that is there', async () => {
    const email = 'Grace@Example.com'
    const grace = await people.createAccount({ name: 'Grace', email, password, role: 'developer' })
    expect(grace.email).toBe('grace@example.com')
    const [member] = await database.people.memberships(grace.id)
    const [team] = await database.people.teams()
    expect(member).toMatchObject({ role: 'developer', teamId: team?.id })
  })

  test('signs in with its password, stays, and signs out', async () => {
    const response = await post('/sign-in/email', { email: 'grace@example.com', password })
    expect(response.status).toBe(200)
    const cookie = cookieOf(response.headers)
    expect(await people.sessionOf(new Headers({ cookie }))).toMatchObject({
      person: { email: 'grace@example.com' },
      session: { method: 'password' },
    })
    expect((await post('/sign-out', {}, { cookie })).status).toBe(200)
    expect(await people.sessionOf(new Headers({ cookie }))).toBeNull()
  })

  test('does not sign out because another site says so', async () => {
    const response = await post('/sign-in/email', { email: 'grace@example.com', password })
    const cookie = cookieOf(response.headers)
    for (const stranger of ['http://evil.localhost:8080', 'http://berth.localhost:9999', 'null']) {
      expect((await post('/sign-out', {}, { cookie, origin: stranger })).status).toBe(403)
    }
    expect(await people.sessionOf(new Headers({ cookie }))).not.toBeNull()
  })

  test.each(['http://127.0.0.1:3000', 'http://localhost:3000'])('signs in at %s too', async (loopback) => {
    const form = { email: 'grace@example.com', password }
    expect((await post('/sign-in/email', form, { origin: loopback })).status).toBe(200)
  })

  test('signs in by a link, once', async () => {
    const path = await people.createSignInLink('grace@example.com')
    expect(path).toMatch(/^\/sign-in\/link\?token=[\w-]{43}$/)
    const { person, headers } = await people.takeSignInLink(tokenOf(path))
    expect(await people.sessionOf(new Headers({ cookie: cookieOf(headers) }))).toMatchObject({
      ...{ person, session: { method: 'link' } },
    })
    await expect(people.takeSignInLink(tokenOf(path))).rejects.toMatchObject({ code: 'LINK.USED' })
    await expect(people.createSignInLink('nobody@example.com')).rejects.toMatchObject({
      code: 'PEOPLE.NOT_FOUND',
    })
  })

  test('is not told apart from no account by a wrong password', async () => {
    const answers = await Promise.all(
      ['grace@example.com', 'nobody@example.com'].map(async (email) => {
        const response = await post('/sign-in/email', { email, password: 'a wrong password' })
        return { status: response.status, body: await response.json() }
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.status).toBe(401)
  })

  test('cannot be guessed at without end', async () => {
    const guess = (address: string) =>
      post(
        '/sign-in/email',
        { email: 'grace@example.com', password: 'guess guess' },
        { 'x-forwarded-for': address },
      )
    const statuses = []
    for (let count = 0; count < 12; count++) statuses.push((await guess('203.0.113.1')).status)
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    expect((await guess('203.0.113.2')).status).toBe(401)
  })
})

describe('over TLS', () => {
  const secure = 'https://berth.localhost:8443'
  const by = (scheme: string) => ({ 'x-forwarded-proto': scheme })
  const signIn = (headers: Record<string, string>) =>
    post('/sign-in/email', { email: 'ada1@example.com', password }, headers)

  test('a session’s cookie passes over TLS alone, and is no other’s', async () => {
    const email = 'tess@example.com'
    await people.createAccount({ name: 'Tess', email, password, role: 'developer' })
    const over = await post('/sign-in/email', { email, password }, { ...by('https'), origin: secure })
    expect(over.status).toBe(200)
    expect(over.headers.getSetCookie()[0]).toMatch(/^__Secure-berth\.session_token=.*; Secure/i)
    const cookie = cookieOf(over.headers)
    const whose = async (scheme: string) =>
      (await people.sessionOf(new Headers({ cookie, ...by(scheme) })))?.person.email ?? null
    expect([await whose('https'), await whose('http')]).toEqual([email, null])
    const plain = await post('/sign-in/email', { email, password }, by('http'))
    expect(plain.headers.getSetCookie()[0]).toMatch(/^berth\.session_token=(?!.*Secure)/)
  })

  test('a page that came without it changes nothing', async () => {
    expect((await signIn({ ...by('https'), origin })).status).toBe(403)
    expect((await signIn({ ...by('http'), origin: secure })).status).toBe(403)
    expect((await signIn({ ...by('https'), origin: 'http://127.0.0.1:3000' })).status).toBe(403)
  })

  test('whoever comes by a link is signed in by what the link came over', async () => {
    const link = await people.createSignInLink('tess@example.com')
    const { headers } = await people.takeSignInLink(tokenOf(link), new Headers(by('https')))
    expect(headers.getSetCookie()[0]).toMatch(/^__Secure-.*Secure/i)
  })
})

describe('what is not open', () => {
  test.each([
    '/sign-up/email',
    '/update-user',
    '/delete-user',
    '/list-sessions',
    '/revoke-session',
    '/begin-session',
    '/x',
  ])('%s is not there', async (path) => {
    const response = await post(path, { name: 'Eve', email: 'eve@example.com', password })
    expect(response.status).toBe(404)
    expect(await database.people.personByEmail('eve@example.com')).toBeNull()
  })

  test('a cookie that was tampered with, or none, is nobody’s', async () => {
    for (const cookie of ['', 'berth.session_token=abc.def', 'berth.session_token=']) {
      expect(await people.sessionOf(new Headers({ cookie }))).toBeNull()
    }
  })
})
