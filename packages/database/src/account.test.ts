import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeFor, openPeopleHouse, origin, type PeopleHouse, password } from './tests/people-house.ts'

/** Second factors, new passwords and addresses, and what of it is written down, against a real database. */
let house: PeopleHouse
beforeAll(async () => {
  house = await openPeopleHouse()
})
afterAll(() => house.close())

let count = 0
/** Somebody new, with a password. */
async function somebody(): Promise<string> {
  count += 1
  const email = `person${count}@example.com`
  await house.people.createAccount({ name: 'Ada', email, password, role: 'developer' })
  return email
}

async function signedIn(email: string, address?: string) {
  const browser = house.browser(address)
  expect((await browser.post('sign-in/email', { email, password })).status).toBe(200)
  return browser
}

const linkIn = (text: string) => /http\S+/.exec(text)?.[0] ?? ''

async function toldOf(email: string): Promise<string[]> {
  const person = await house.database.people.personByEmail(email)
  const entries = await house.database.audit.list({ personId: person?.id, limit: 50 })
  return entries.map(({ action, outcome }) => `${action}: ${outcome}`).reverse()
}

describe('a second factor', () => {
  async function withAuthenticator() {
    const email = await somebody()
    const browser = await signedIn(email)
    const enabled = await browser.post('two-factor/enable', { password })
    const { totpURI, backupCodes } = (await enabled.json()) as { totpURI: string; backupCodes: string[] }
    expect((await browser.post('two-factor/verify-totp', { code: codeFor(totpURI) })).status).toBe(200)
    return { email, browser, totpURI, backupCodes }
  }

  test('is asked for behind the password, and let in by the authenticator’s code alone', async () => {
    const { email, totpURI } = await withAuthenticator()
    const browser = house.browser()
    const first = await browser.post('sign-in/email', { email, password })
    expect(await first.json()).toMatchObject({ twoFactorRedirect: true })
    expect(await browser.person()).toBeNull()
    expect((await browser.post('two-factor/verify-totp', { code: '000000' })).status).toBe(401)
    expect(await browser.person()).toBeNull()
    expect((await browser.post('two-factor/verify-totp', { code: codeFor(totpURI) })).status).toBe(200)
    expect(await browser.person()).toBe(email)
    expect(await browser.method()).toBe('password')
    const person = await house.database.people.personByEmail(email)
    expect(await house.database.people.waysIn(person?.id ?? '')).toEqual({
      ...{ password: true, authenticator: true, passkeys: [], providerIds: [] },
    })
  })

  test('is not confirmed by a wrong code, and not asked for until it is confirmed', async () => {
    const email = await somebody()
    const browser = await signedIn(email)
    await browser.post('two-factor/enable', { password })
    expect((await browser.post('two-factor/verify-totp', { code: '123456' })).status).toBe(401)
    expect(await (await signedIn(email)).person()).toBe(email)
  })

  test('a recovery code stands in for it, once', async () => {
    const { email, backupCodes } = await withAuthenticator()
    const use = async (code: string | undefined) => {
      const browser = house.browser('203.0.113.50')
      await browser.post('sign-in/email', { email, password })
      await browser.post('two-factor/verify-backup-code', { code })
      return await browser.person()
    }
    expect(await use(backupCodes[0])).toBe(email)
    expect(await use(backupCodes[0])).toBeNull()
    expect(await use(backupCodes[1])).toBe(email)
  })

  test('needs the password to be set up and to be taken away', async () => {
    const { browser, email } = await withAuthenticator()
    expect((await browser.post('two-factor/disable', { password: 'a wrong password' })).status).toBe(400)
    expect((await browser.post('two-factor/disable', { password })).status).toBe(200)
    const fresh = await signedIn(email)
    expect((await fresh.post('two-factor/enable', { password: 'a wrong password' })).status).toBe(400)
  })

  test('of a member who has none keeps them out of a team that demands one', async () => {
    const { people } = house.database
    const { email } = await withAuthenticator()
    const person = await people.personByEmail(email)
    const team = await people.createTeam('strict', person?.id)
    await people.setDemands(team.id, { secondFactor: true, providerId: null })
    const { factors, memberships } = await people.standing(person?.id ?? '')
    expect(factors).toMatchObject({ code: true, passkey: false })
    expect(memberships.find(({ teamId }) => teamId === team.id)?.demands.secondFactor).toBe(true)
    await house.people.removeSecondFactor(person?.id ?? '')
    expect((await people.standing(person?.id ?? '')).factors).toMatchObject({ code: false })
    expect(await (await signedIn(email)).person()).toBe(email)
  })

  test('cannot be guessed at', async () => {
    const { email } = await withAuthenticator()
    const statuses = []
    for (let round = 0; round < 4; round++) {
      const browser = house.browser(`198.51.100.${round}`)
      await browser.post('sign-in/email', { email, password })
      for (let guess = 0; guess < 3; guess++)
        statuses.push((await browser.post('two-factor/verify-totp', { code: '000001' })).status)
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10)
    expect(statuses.at(-1)).toBe(429)
  })

  test('stands in the audit log of its owner, and no code does', async () => {
    const { email, backupCodes } = await withAuthenticator()
    expect(await toldOf(email)).toEqual([
      'sign in: done',
      'account.secondFactor.begin: done',
      'account.secondFactor.confirm: done',
      'sign in: done',
    ])
    const person = await house.database.people.personByEmail(email)
    const all = await house.database.audit.list({ personId: person?.id, limit: 50 })
    for (const code of backupCodes) expect(JSON.stringify(all)).not.toContain(code)
    expect(all[0]).toMatchObject({ address: '203.0.113.1', userAgent: 'Test/1', door: 'dashboard' })
  })
})

describe('a new password', () => {
  const newPassword = 'another long password'
  const resetLink = async (email: string) => {
    await house.browser().post('request-password-reset', { email })
    await expect.poll(() => house.mails.some(({ to }) => to[0] === email)).toBe(true)
    return linkIn(house.mails.findLast(({ to }) => to[0] === email)?.text ?? '')
  }
  const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''

  test('comes by mail, counts once, and signs out everywhere', async () => {
    const email = await somebody()
    const before = await signedIn(email)
    const link = await resetLink(email)
    expect(link).toMatch(new RegExp(`^${origin}/reset-password\\?token=`))
    const reset = () => house.browser().post('reset-password', { token: tokenOf(link), newPassword })
    expect((await reset()).status).toBe(200)
    expect((await reset()).status).toBe(400)
    expect(await before.person()).toBeNull()
    expect((await house.browser().post('sign-in/email', { email, password })).status).toBe(401)
    expect((await house.browser().post('sign-in/email', { email, password: newPassword })).status).toBe(200)
    expect(await toldOf(email)).toContain('account.password.reset: done')
  })

  test('takes every other link with it', async () => {
    const email = await somebody()
    const [first, second] = [
      await house.people.createResetLink(email),
      await house.people.createResetLink(email),
    ]
    const use = (link: string) =>
      house.browser().post('reset-password', { token: tokenOf(link), newPassword })
    expect((await use(second)).status).toBe(200)
    expect((await use(first)).status).toBe(400)
  })

  test('is not kept in the database by its link', async () => {
    const email = await somebody()
    const token = tokenOf(await house.people.createResetLink(email))
    const kept = await house.database.prisma.verification.findMany()
    expect(JSON.stringify(kept)).not.toContain(token)
  })

  test('does not tell whether there is an account', async () => {
    const email = await somebody()
    const ask = async (address: string) => {
      const answer = await house.browser('203.0.113.77').post('request-password-reset', { email: address })
      return { status: answer.status, body: await answer.text() }
    }
    const before = house.mails.length
    expect(await ask('nobody@example.com')).toEqual(await ask(email))
    await expect.poll(() => house.mails.length).toBe(before + 1)
  })

  test('is asked for three times, then it has to wait', async () => {
    const email = await somebody()
    const statuses = []
    for (let asked = 0; asked < 5; asked++)
      statuses.push(
        (await house.browser(`203.0.113.${90 + asked}`).post('request-password-reset', { email })).status,
      )
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })

  test('too short a one is refused, and the link still counts', async () => {
    const link = await house.people.createResetLink(await somebody())
    const set = (given: string) =>
      house.browser().post('reset-password', { token: tokenOf(link), newPassword: given })
    expect((await set('short')).status).toBe(400)
    expect((await set(newPassword)).status).toBe(200)
  })

  test('is set by whoever is signed in with the one before alone', async () => {
    const email = await somebody()
    const [browser, other] = [await signedIn(email), await signedIn(email)]
    const change = (currentPassword: string) =>
      browser.post('change-password', { currentPassword, newPassword, revokeOtherSessions: true })
    expect((await change('a wrong password')).status).toBe(400)
    expect((await change(password)).status).toBe(200)
    expect(await other.person()).toBeNull()
    expect(await browser.person()).toBe(email)
  })
})

describe('another address', () => {
  test('is taken when both have agreed', async () => {
    const email = await somebody()
    const newEmail = `new-${email}`
    const browser = await signedIn(email)
    expect((await browser.post('change-email', { newEmail, callbackURL: '/' })).status).toBe(200)
    await expect.poll(() => house.mails.at(-1)?.to).toEqual([email])
    expect(await browser.person()).toBe(email)
    await browser.get(linkIn(house.mails.at(-1)?.text ?? ''))
    await expect.poll(() => house.mails.at(-1)?.to).toEqual([newEmail])
    expect(await browser.person()).toBe(email)
    await browser.get(linkIn(house.mails.at(-1)?.text ?? ''))
    expect(await browser.person()).toBe(newEmail)
    expect(await toldOf(newEmail)).toContain('account.email.change: done')
  })

  test('a guess at a link is nobody’s, and leaves no line', async () => {
    const { prisma } = house.database
    const before = await prisma.auditEntry.count()
    await house.browser().get('verify-email?token=guessed')
    await house.browser().post('reset-password', { token: 'guessed', newPassword: password })
    expect(await prisma.auditEntry.count()).toBe(before)
  })

  test('that is somebody else’s is not, and nobody is told that it is', async () => {
    const [email, taken] = [await somebody(), await somebody()]
    const browser = await signedIn(email)
    const before = house.mails.length
    expect((await browser.post('change-email', { newEmail: taken, callbackURL: '/' })).status).toBe(200)
    expect(house.mails.length).toBe(before)
    expect(await browser.person()).toBe(email)
  })
})

describe('sessions', () => {
  test('are listed with where they were begun, and ended one by one or all but one', async () => {
    const email = await somebody()
    const [here, there, elsewhere] = [
      await signedIn(email, '203.0.113.1'),
      await signedIn(email, '203.0.113.2'),
      await signedIn(email, '203.0.113.3'),
    ]
    const { people } = house.database
    const person = await people.personByEmail(email)
    const listed = await people.sessions(person?.id ?? '')
    expect(listed.map(({ address }) => address).sort()).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3'])
    expect(listed[0]).toMatchObject({ userAgent: 'Test/1', method: 'password' })
    const second = listed.find(({ address }) => address === '203.0.113.2')
    expect(await people.endSession('00000000-0000-4000-8000-000000000000', second?.id ?? '')).toBe(false)
    expect(await people.endSession(person?.id ?? '', second?.id ?? '')).toBe(true)
    expect(await there.person()).toBeNull()
    const own = listed.find(({ address }) => address === '203.0.113.1')
    expect(await people.endSessions(person?.id ?? '', own?.id ?? null)).toBe(1)
    expect([await here.person(), await elsewhere.person()]).toEqual([email, null])
  })

  test('a wrong password stands in the log of whom it was tried for', async () => {
    const email = await somebody()
    await house.browser('198.51.100.200').post('sign-in/email', { email, password: 'a wrong password' })
    await expect.poll(() => toldOf(email)).toEqual(['sign in: refused'])
  })
})

test('a sign-on provider that does not answer is told, and holds nobody else up', async () => {
  const { id } = await house.signOn.add({
    ...{ name: 'away', teamId: null, issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x' },
    ...{ domains: ['example.com'], newMemberRole: null },
  })
  const asked = house.browser().post('sign-in/social', { provider: id, callbackURL: '/' })
  await expect(asked).rejects.toMatchObject({ code: 'SIGN_ON.AWAY' })
  await signedIn(await somebody())
})
