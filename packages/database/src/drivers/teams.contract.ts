import { randomUUID } from 'node:crypto'
import { type AppName, parseAppName, type Role, type Team } from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'

/** What every driver promises of teams, members, invitations and deploy keys (packages/people, teams/team-store.ts). */
export function describeTeams(make: () => Stores): void {
  let stores: Stores
  let team: Team
  beforeEach(async () => {
    stores = make()
    team = await stores.people.createTeam('crew')
  })

  const newPerson = async (role: Role) => {
    const email = `${randomUUID()}@example.com`
    const account = { name: 'Ada', email, passwordHash: null, team: { id: team.id }, role }
    return await stores.people.createPerson(account)
  }

  describe('teams', () => {
    test('a team is made with its owner, renamed, and listed with its members', async () => {
      const ada = await newPerson('viewer')
      const made = await stores.people.createTeam('Harbour', ada.id)
      await stores.people.renameTeam(made.id, 'Port')
      expect(await stores.people.team(made.id)).toEqual({ id: made.id, name: 'Port' })
      expect(await stores.people.members(made.id)).toMatchObject([
        { person: ada, role: 'owner', factors: { code: false, passkey: false, providerIds: [] } },
      ])
      expect((await stores.people.memberships(ada.id)).map(({ role }) => role)).toEqual(['viewer', 'owner'])
    })

    test('what a team demands stands beside the membership', async () => {
      const ada = await newPerson('admin')
      const demands = { secondFactor: true, providerId: null }
      await stores.people.setDemands(team.id, demands)
      expect(await stores.people.demands(team.id)).toEqual(demands)
      const { memberships, factors } = await stores.people.standing(ada.id)
      expect(memberships).toMatchObject([{ teamId: team.id, role: 'admin', demands }])
      expect(factors).toEqual({ code: false, passkey: false, providerIds: [] })
    })

    test('a team keeps its last owner', async () => {
      const [ada, bob] = [await newPerson('owner'), await newPerson('developer')]
      const { changeMember } = stores.people
      expect(await changeMember(team.id, ada.id, 'admin')).toBe('last-owner')
      expect(await changeMember(team.id, ada.id, null)).toBe('last-owner')
      expect(await changeMember(team.id, bob.id, 'owner')).toBe('changed')
      expect(await changeMember(team.id, ada.id, null)).toBe('changed')
      expect(await changeMember(team.id, ada.id, 'viewer')).toBe('no-member')
      expect((await stores.people.members(team.id)).map(({ person }) => person.id)).toEqual([bob.id])
    })

    test('of owners who all leave at the same time, one stays', async () => {
      const owners = await Promise.all(Array.from({ length: 6 }, () => newPerson('owner')))
      const outcomes = await Promise.all(
        owners.map(({ id }, at) => stores.people.changeMember(team.id, id, at % 2 ? null : 'viewer')),
      )
      expect(outcomes.filter((outcome) => outcome === 'last-owner')).toHaveLength(1)
      const left = (await stores.people.members(team.id)).filter(({ role }) => role === 'owner')
      expect(left).toHaveLength(1)
    })
  })

  describe('accounts', () => {
    test('the last owner of a team does not go, and nothing is changed', async () => {
      const ada = await newPerson('viewer')
      const [alone, shared] = [
        await stores.people.createTeam('alone', ada.id),
        await stores.people.createTeam('shared', ada.id),
      ]
      await stores.people.setMember(shared.id, (await newPerson('viewer')).id, 'owner')
      expect(await stores.people.removePerson(ada.id)).toEqual([alone])
      expect(await stores.people.memberships(ada.id)).toHaveLength(3)
    })

    test('of owners who all go at the same time, one stays', async () => {
      const owners = await Promise.all(Array.from({ length: 4 }, () => newPerson('owner')))
      const outcomes = await Promise.all(owners.map(({ id }) => stores.people.removePerson(id)))
      expect(outcomes.filter((last) => last.length > 0)).toEqual([[team]])
      expect(await stores.people.members(team.id)).toHaveLength(1)
    })
  })

  describe('invitations', () => {
    const invite = async (more: object = {}) => {
      const hash = randomUUID()
      const email = `${randomUUID()}@example.com`
      const invitation = await stores.people.addInvitation({
        ...{ teamId: team.id, email, role: 'developer', hash, mailed: true, invitedById: null },
        ...{ expiresAt: new Date(Date.now() + 60_000), ...more },
      })
      return { hash, invitation }
    }

    test('one waits until it is used, and makes a member once, however many use it at the same time', async () => {
      const { hash, invitation } = await invite()
      expect(await stores.people.invitations(team.id)).toEqual([invitation])
      expect(await stores.people.invitationByHash(hash)).toEqual({ invitation, team, state: 'valid' })
      const taken = await Promise.allSettled(
        [1, 2, 3].map(() => stores.people.acceptInvitation(hash, { name: 'Bob', passwordHash: null })),
      )
      const made = taken.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []))
      expect(made).toMatchObject([{ email: invitation.email, name: 'Bob' }])
      expect(await stores.people.memberships(made[0]?.id ?? '')).toMatchObject([
        { teamId: team.id, role: 'developer' },
      ])
      expect(await stores.people.invitationByHash(hash)).toMatchObject({ state: 'used' })
      expect(await stores.people.invitations(team.id)).toEqual([])
    })

    test('whoever is a member already stays what they are', async () => {
      const ada = await newPerson('owner')
      const { hash } = await invite({ role: 'viewer' })
      expect(await stores.people.acceptInvitation(hash, { personId: ada.id })).toEqual(ada)
      expect(await stores.people.memberships(ada.id)).toMatchObject([{ role: 'owner' }])
    })

    test('an old one, one that was taken back and one that was replaced are not used', async () => {
      const old = await invite({ expiresAt: new Date(0) })
      expect(await stores.people.invitationByHash(old.hash)).toMatchObject({ state: 'expired' })
      const revoked = await invite()
      expect(await stores.people.revokeInvitation(randomUUID(), revoked.invitation.id)).toBe(false)
      expect(await stores.people.revokeInvitation(team.id, revoked.invitation.id)).toBe(true)
      const replaced = await invite({ email: 'eve@example.com' })
      await invite({ email: 'eve@example.com', role: 'viewer' })
      for (const { hash } of [old, revoked, replaced])
        expect(await stores.people.acceptInvitation(hash, { name: 'Eve', passwordHash: null })).toBeNull()
      expect(await stores.people.invitationByHash(revoked.hash)).toBeNull()
      expect((await stores.people.invitations(team.id)).map(({ role }) => role)).toEqual(['viewer'])
    })

    test('an address that has an account since makes no second one, and the invitation still waits', async () => {
      const ada = await newPerson('viewer')
      const { hash } = await invite({ email: ada.email })
      await expect(
        stores.people.acceptInvitation(hash, { name: 'Eve', passwordHash: null }),
      ).rejects.toMatchObject({ code: 'PEOPLE.EMAIL_TAKEN' })
      expect(await stores.people.invitationByHash(hash)).toMatchObject({ state: 'valid' })
    })
  })

  describe('deploy keys', () => {
    const newApp = () => stores.apps.create({ name: someName(), teamId: team.id })
    const given = (appId: string) => ({
      ...{
        appId,
        name: 'ci',
        publicKey: 'ssh-ed25519 AAAA',
        fingerprint: `SHA256:${randomUUID()}`,
        mayPush: false,
      },
    })

    test('a key is one app’s', async () => {
      const [app, other] = [await newApp(), await newApp()]
      const key = await stores.people.addDeployKey(given(app.id))
      expect(key).toMatchObject({ appId: app.id, mayPush: false, lastUsedAt: null })
      expect(await stores.people.deployKeys(app.id)).toEqual([key])
      expect(await stores.people.deployKeys(other.id)).toEqual([])
      expect(await stores.people.deployKeyByFingerprint(key.fingerprint)).toEqual(key)
      expect(await stores.people.removeDeployKey(other.id, key.id)).toBe(false)
      expect(await stores.people.removeDeployKey(app.id, key.id)).toBe(true)
      expect(await stores.people.deployKeyByFingerprint(key.fingerprint)).toBeNull()
    })

    test('no key is a person’s and an app’s', async () => {
      const [app, ada] = [await newApp(), await newPerson('developer')]
      const { appId, mayPush, ...own } = given(app.id)
      await stores.people.addKey({ ...own, personId: ada.id })
      await expect(stores.people.addDeployKey({ ...own, appId, mayPush })).rejects.toMatchObject({
        code: 'KEY.TAKEN',
      })
      expect(await stores.people.deployKeyByFingerprint(own.fingerprint)).toBeNull()

      const second = given(app.id)
      await stores.people.addDeployKey(second)
      const { appId: _app, mayPush: _push, ...taken } = second
      await expect(stores.people.addKey({ ...taken, personId: ada.id })).rejects.toMatchObject({
        code: 'KEY.TAKEN',
      })
      expect(await stores.people.keyByFingerprint(second.fingerprint)).toBeNull()
    })
  })

  describe('sign-on providers', () => {
    const provider = (name: string) => ({
      ...{ id: randomUUID(), name, teamId: null, issuer: 'https://id.example.com', clientId: 'berth' },
      ...{
        sealed: new Uint8Array(Buffer.from('sealed')),
        domains: ['example.com'],
        newMemberRole: 'viewer' as const,
      },
    })

    test('are listed by name, each name once', async () => {
      const name = `corp-${randomUUID().slice(0, 8)}`
      const given = provider(name)
      await stores.signOn.add(given)
      await expect(stores.signOn.add(provider(name))).rejects.toMatchObject({ code: 'SIGN_ON.TAKEN' })
      const known = (await stores.signOn.list()).filter((one) => one.name === name)
      expect(known).toEqual([{ ...given, createdAt: expect.any(Date) }])
      expect(await stores.signOn.remove(given.id)).toBe(true)
      expect(await stores.signOn.remove(given.id)).toBe(false)
    })
  })

  test('an app moves to another team', async () => {
    const app = await stores.apps.create({ name: someName(), teamId: team.id })
    const other = await stores.people.createTeam('others')
    await stores.apps.transfer(app.id, other.id)
    expect(await stores.apps.get(app.id)).toMatchObject({ teamId: other.id })
    expect(await stores.apps.listForTeams([team.id])).toEqual([])
  })
}

function someName(): AppName {
  return parseAppName(`app-${randomUUID().slice(0, 13)}`)
}
