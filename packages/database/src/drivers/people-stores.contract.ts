import { randomUUID } from 'node:crypto'
import type { App } from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { someApp, someName } from './some-records.ts'

/** What every driver of the stores of people, and of what their teams keep for builds, promises. */
export function describePeopleStores(make: () => Stores): void {
  let stores: Stores
  let app: App
  beforeEach(async () => {
    stores = make()
    app = await someApp(stores)
  })

  describe('registry credentials', () => {
    const credential = (host: string, text = 'sealed') => ({
      ...{ teamId: app.teamId, host, username: 'ann', createdById: null },
      sealed: new Uint8Array(Buffer.from(text)),
    })

    test('a team has one a registry, and the newer one counts', async () => {
      for (const each of [credential('r.example:5000'), credential('docker.io')])
        await stores.registryCredentials.set(each)
      await stores.registryCredentials.set({ ...credential('docker.io', 'newer'), username: 'bob' })
      const kept = await stores.registryCredentials.list(app.teamId)
      expect(kept).toEqual([
        { ...credential('docker.io', 'newer'), username: 'bob', createdAt: expect.any(Date) },
        { ...credential('r.example:5000'), createdAt: expect.any(Date) },
      ])
    })

    test('none of it is another team’s', async () => {
      const other = await stores.people.createTeam('others')
      await stores.registryCredentials.set(credential('ghcr.io'))
      expect(await stores.registryCredentials.list(other.id)).toEqual([])
      expect(await stores.registryCredentials.remove(other.id, 'ghcr.io')).toBe(false)
      expect(await stores.registryCredentials.remove(app.teamId, 'ghcr.io')).toBe(true)
      expect(await stores.registryCredentials.remove(app.teamId, 'ghcr.io')).toBe(false)
      expect(await stores.registryCredentials.list("' OR 1=1 --")).toEqual([])
    })
  })

  describe('people', () => {
    const newPerson = (email: string) =>
      stores.people.createPerson({
        name: 'Ada',
        email,
        passwordHash: null,
        team: { name: 'Ada’s team' },
        role: 'developer',
      })

    test('a person is found by id and by address, whatever its case', async () => {
      const email = `Ada.${someName()}@Example.com`
      const person = await newPerson(email)
      expect(person.email).toBe(email.toLowerCase())
      expect(await stores.people.person(person.id)).toEqual(person)
      expect(await stores.people.personByEmail(email)).toEqual(person)
      await expect(newPerson(email.toUpperCase())).rejects.toMatchObject({ code: 'PEOPLE.EMAIL_TAKEN' })
    })

    test('a membership is made with the person, and its role can change', async () => {
      const { id } = await newPerson(`${someName()}@example.com`)
      const [member] = await stores.people.memberships(id)
      expect(member).toMatchObject({ personId: id, role: 'developer' })
      expect(await stores.people.team(member?.teamId ?? '')).toMatchObject({ name: 'Ada’s team' })
      await stores.people.setMember(member?.teamId ?? '', id, 'viewer')
      expect(await stores.people.memberships(id)).toMatchObject([{ role: 'viewer' }])
    })

    test('a person is called otherwise, and found as before', async () => {
      const person = await newPerson(`${someName()}@example.com`)
      await stores.people.renamePerson(person.id, 'Ada Lovelace')
      expect(await stores.people.personByEmail(person.email)).toEqual({ ...person, name: 'Ada Lovelace' })
    })

    test('who goes takes their keys, tokens and places along', async () => {
      const { id: personId, email } = await newPerson(`${someName()}@example.com`)
      const hash = randomUUID()
      await stores.people.addToken({
        ...{ personId, name: 'ci', prefix: 'berth_ab', expiresAt: null, hash },
        ...{ scope: 'admin' as const, teamId: null, appId: null },
      })
      const fingerprint = `SHA256:${randomUUID()}`
      await stores.people.addKey({ personId, name: 'laptop', publicKey: 'ssh-ed25519 AAAA', fingerprint })
      expect(await stores.people.removePerson(personId)).toEqual([])
      expect(await stores.people.personByEmail(email)).toBeNull()
      expect(await stores.people.tokenByHash(hash)).toBeNull()
      expect(await stores.people.keyByFingerprint(fingerprint)).toBeNull()
      expect(await stores.people.memberships(personId)).toEqual([])
    })

    test('a key belongs to one person', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const fingerprint = `SHA256:${randomUUID()}`
      const given = { personId, name: 'laptop', publicKey: 'ssh-ed25519 AAAA', fingerprint }
      const key = await stores.people.addKey(given)
      expect(await stores.people.keyByFingerprint(fingerprint)).toEqual(key)
      await expect(stores.people.addKey(given)).rejects.toMatchObject({ code: 'KEY.TAKEN' })
      await stores.people.touchKey(key.id)
      expect((await stores.people.keys(personId))[0]?.lastUsedAt).toBeInstanceOf(Date)
      expect(await stores.people.removeKey(randomUUID(), key.id)).toBe(false)
      expect(await stores.people.removeKey(personId, key.id)).toBe(true)
    })

    test('a token is found by its hash, which is never told', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const hash = randomUUID()
      const scope = { scope: 'deploy' as const, teamId: app.teamId, appId: app.id }
      const token = await stores.people.addToken({
        ...{ personId, name: 'ci', prefix: 'berth_ab', expiresAt: null, hash },
        ...scope,
      })
      expect(token).toMatchObject(scope)
      expect(token).not.toHaveProperty('hash')
      expect(await stores.people.tokenByHash(hash)).toEqual(token)
      expect(await stores.people.tokens(personId)).toEqual([token])
      expect(await stores.people.removeToken(randomUUID(), token.id)).toBe(false)
      expect(await stores.people.removeToken(personId, token.id)).toBe(true)
      expect(await stores.people.tokenByHash(hash)).toBeNull()
    })

    test('a link works once, even for ten at the same time', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const link = { hash: randomUUID(), purpose: 'sign-in' as const, personId, expiresAt: inAMinute() }
      await stores.people.addLink(link)
      expect(await stores.people.linkState(link.hash, 'owner')).toBe('unknown')
      expect(await stores.people.linkState(link.hash, 'sign-in')).toBe('valid')
      const taken = await Promise.all(
        Array.from({ length: 10 }, () => stores.people.takeLink(link.hash, 'sign-in')),
      )
      expect(taken.filter((one) => one !== null)).toEqual([{ personId }])
      expect(await stores.people.linkState(link.hash, 'sign-in')).toBe('used')
    })

    test('a new link replaces the one before, and an old one has expired', async () => {
      const [first, second] = [randomUUID(), randomUUID()]
      await stores.people.addLink({ hash: first, purpose: 'owner', personId: null, expiresAt: inAMinute() })
      await stores.people.addLink({ hash: second, purpose: 'owner', personId: null, expiresAt: new Date(0) })
      expect(await stores.people.linkState(first, 'owner')).toBe('unknown')
      expect(await stores.people.linkState(second, 'owner')).toBe('expired')
      expect(await stores.people.takeLink(second, 'owner')).toBeNull()
    })
  })
}

function inAMinute(): Date {
  return new Date(Date.now() + 60_000)
}
