import { Secret } from '@berth/command'
import { parseAppName, unexpectedRecord } from '@berth/domain'
import { plainDoor } from '@berth/route/door-settings.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'

/** What every driver of the stores of domains, certificates and doors promises. */
export function describeCertificateStores(make: () => Stores): void {
  let stores: Stores
  let appId: string
  let host: string
  beforeEach(async () => {
    stores = make()
    const team = await stores.people.createTeam('crew')
    const name = parseAppName(`a${Math.random().toString(36).slice(2, 12)}`)
    appId = (await stores.apps.create({ name, teamId: team.id })).id
    host = `${name}.example.com`
  })

  const later = new Date('2030-01-01T00:00:00Z')
  const obtained = (text = 'chain') => ({
    ...{ chain: text, key: new Secret(`key of ${text}`), dueAt: later },
    ...{ notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-04-01T00:00:00Z') },
  })
  const only = async () => {
    const [one] = await stores.certificates.list(appId)
    if (one === undefined) throw new Error('there is no certificate')
    return one
  }

  describe('domains', () => {
    test('one may send elsewhere, and is known to lead here once it was seen', async () => {
      const domain = await stores.domains.add(appId, host, `www.${host}`)
      expect(domain).toMatchObject({ host, redirectTo: `www.${host}`, verifiedAt: null })
      await stores.domains.verified(domain.id, later)
      expect(await stores.domains.list(appId)).toMatchObject([{ verifiedAt: later }])
    })

    test('one sends elsewhere from now on, or answers itself again', async () => {
      await stores.domains.add(appId, host)
      expect(await stores.domains.redirect(appId, host, `www.${host}`)).toBe(true)
      expect(await stores.domains.list(appId)).toMatchObject([{ redirectTo: `www.${host}` }])
      expect(await stores.domains.redirect(appId, host, null)).toBe(true)
      expect(await stores.domains.list(appId)).toMatchObject([{ redirectTo: null }])
      expect(await stores.domains.redirect(appId, `no.${host}`, null)).toBe(false)
    })
  })

  describe('certificates', () => {
    test('those of the platform’s own names are told apart', async () => {
      await stores.certificates.add(appId, obtained('of an app'))
      await stores.certificates.want(null, `berth.${host}`)
      const own = (await stores.certificates.all()).find((one) => one.host === `berth.${host}`)
      await stores.certificates.begin(own?.id ?? '')
      await stores.certificates.obtained(own?.id ?? '', obtained(`of ${host}`))
      const chains = await stores.certificates.ofPlatform()
      expect(chains).toContain(`of ${host}`)
      expect(chains).not.toContain('of an app')
    })

    test('one is wanted once a name, and obtained once it was begun', async () => {
      await stores.certificates.want(appId, host)
      await stores.certificates.want(appId, host)
      const { id, ...wanted } = await only()
      expect(wanted).toMatchObject({ appId, host, source: 'acme', state: 'wanted', chain: null, attempts: 0 })
      expect(await stores.certificates.obtained(id, obtained())).toBe(false)
      expect(await stores.certificates.begin(id)).toBe(true)
      expect(await stores.certificates.begin(id)).toBe(true) // A crashed worker's is entered again.
      expect(await stores.certificates.obtained(id, obtained())).toBe(true)
      expect(await only()).toMatchObject({ state: 'valid', chain: 'chain', dueAt: later, error: null })
    })

    test('it is shown with its key while the next one is asked for, and after that was in vain', async () => {
      await stores.certificates.want(appId, host)
      const { id } = await only()
      await stores.certificates.begin(id)
      await stores.certificates.obtained(id, obtained())
      const shown = async () => (await stores.certificates.usable()).find((one) => one.id === id)
      expect(await stores.certificates.begin(id)).toBe(true)
      expect(await shown()).toMatchObject({ state: 'renewing', chain: 'chain' })
      expect(await stores.certificates.failed(id, { error: unexpectedRecord, dueAt: later })).toBe(true)
      expect(await shown()).toMatchObject({ state: 'valid', attempts: 1, error: unexpectedRecord })
      expect((await shown())?.key.reveal()).toBe('key of chain')
      await stores.certificates.begin(id)
      await stores.certificates.obtained(id, obtained('next'))
      expect(await shown()).toMatchObject({ state: 'valid', chain: 'next', attempts: 0, error: null })
      expect((await shown())?.key.reveal()).toBe('key of next')
    })

    test('a first one in vain has failed, and is tried again when it is due, or is hastened', async () => {
      await stores.certificates.want(appId, host)
      const { id } = await only()
      expect(await stores.certificates.failed(id, { error: unexpectedRecord, dueAt: later })).toBe(false)
      await stores.certificates.begin(id)
      expect(await stores.certificates.failed(id, { error: unexpectedRecord, dueAt: later })).toBe(true)
      expect(await only()).toMatchObject({ state: 'failed', attempts: 1, dueAt: later })
      expect(await stores.certificates.hasten(host)).toBe(true)
      expect((await only()).dueAt.getTime()).toBeLessThanOrEqual(Date.now())
      expect(await stores.certificates.hasten('unknown.example')).toBe(false)
      expect(await stores.certificates.begin(id)).toBe(true)
    })

    test('an app brings its own, as many as it likes, and removes them', async () => {
      const { dueAt: _, ...own } = obtained('own')
      const one = await stores.certificates.add(appId, own)
      await stores.certificates.add(appId, { ...own, chain: 'other' })
      expect(one).toMatchObject({ source: 'own', state: 'valid', host: null, chain: 'own' })
      expect(await stores.certificates.list(appId)).toHaveLength(2)
      expect(await stores.certificates.remove(one.id)).toBe(true)
      expect(await stores.certificates.remove(one.id)).toBe(false)
      expect(await stores.certificates.remove("' OR 1=1 --")).toBe(false)
      expect(await stores.certificates.list(appId)).toMatchObject([{ chain: 'other' }])
    })

    test('of two accounts at one authority the first is kept', async () => {
      const directory = `https://${host}/directory`
      expect(await stores.certificates.account(directory)).toBeNull()
      await stores.certificates.keepAccount(directory, { url: 'one', key: new Secret('first') })
      const kept = await stores.certificates.keepAccount(directory, { url: 'two', key: new Secret('second') })
      expect([kept.url, kept.key.reveal()]).toEqual(['one', 'first'])
      expect((await stores.certificates.account(directory))?.key.reveal()).toBe('first')
    })
  })

  describe('what an app asks of the front door', () => {
    test('is nothing at first, and then what it was changed to', async () => {
      expect(await stores.doors.current(appId)).toEqual(plainDoor)
      const users = { key: 'k', people: [{ name: 'ann', verifier: 'v' }] }
      const now = { ...plainDoor, users, maintenance: true, pages: { '503': '<p>soon</p>' } }
      expect(await stores.doors.change(appId, () => now)).toEqual(now)
      expect(await stores.doors.current(appId)).toEqual(now)
    })

    test('is told where certificates are not obtained by themselves', async () => {
      expect(await stores.doors.manual()).not.toContain(appId)
      await stores.doors.change(appId, (before) => ({ ...before, autoCertificates: false }))
      expect(await stores.doors.manual()).toContain(appId)
      await stores.doors.change(appId, (before) => ({ ...before, autoCertificates: true }))
      expect(await stores.doors.manual()).not.toContain(appId)
    })

    test('no change of several at once is lost', async () => {
      await Promise.all([
        stores.doors.change(appId, (before) => ({ ...before, sticky: true })),
        stores.doors.change(appId, (before) => ({ ...before, maintenance: true })),
        stores.doors.change(appId, (before) => ({ ...before, timeoutSeconds: 7 })),
      ])
      const kept = { sticky: true, maintenance: true, timeoutSeconds: 7 }
      expect(await stores.doors.current(appId)).toEqual({ ...plainDoor, ...kept })
    })

    test('stays as it was where a change is refused', async () => {
      const refused = stores.doors.change(appId, () => {
        throw new Error('no')
      })
      await expect(refused).rejects.toThrow('no')
      expect(await stores.doors.current(appId)).toEqual(plainDoor)
    })
  })
}
