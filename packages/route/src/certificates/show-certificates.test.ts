import { Secret } from '@berth/command'
import { readSettings } from '@berth/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryCertificates, temporaryCertificates } from '../drivers/haproxy/test-certificates.ts'
import { dashboardUrl } from './dashboard-url.ts'
import { certificateNames, covers, parseCertificate } from './parse-own-certificate.ts'
import { showCertificates, type Usable } from './show-certificates.ts'

let certificates: TemporaryCertificates
beforeAll(async () => {
  certificates = await temporaryCertificates()
})
afterAll(() => certificates.remove())

async function usable(id: string, hosts: string[], more: Partial<Usable> = {}): Promise<Usable> {
  const pem = (await certificates.make(...hosts)).reveal()
  const { chain, key } = parseCertificate({ certificate: pem, key: pem })
  return { id, appId: 'shop', source: 'acme', notAfter: new Date(2_000), chain, key, ...more }
}

const shown = (hosts: { host: string; appId: string | null }[], all: Usable[]) =>
  Object.fromEntries(showCertificates(hosts, all, 1_000).map((one) => [one.id, one.hosts]))

test('a host is shown the app’s own before an automatic one, exact before wildcard, the later end first', async () => {
  const all = [
    await usable('auto', ['a.test']),
    await usable('own', ['a.test', 'b.test'], { source: 'own' }),
    await usable('wild', ['*.test']),
    await usable('exact', ['c.test']),
    await usable('later', ['c.test'], { notAfter: new Date(3_000) }),
  ]
  const hosts = ['a.test', 'b.test', 'c.test', 'd.test', '*.test'].map((host) => ({ host, appId: 'shop' }))
  expect(shown(hosts, all)).toEqual({
    own: ['a.test', 'b.test'],
    later: ['c.test'],
    wild: ['d.test', '*.test'],
  })
})

test('none is shown for another app’s host, whatever names stand in it', async () => {
  const evil = await usable('evil', ['a.test', '*.test'], { source: 'own', appId: 'evil' })
  expect(shown([{ host: 'a.test', appId: 'shop' }], [evil])).toEqual({})
})

test('the platform’s own covers the default names of apps', async () => {
  const own = await usable('platform', ['*.apps.test'], { appId: null })
  expect(shown([{ host: 'shop.apps.test', appId: 'shop' }], [own])).toEqual({ platform: ['shop.apps.test'] })
})

test('one that has expired is shown where there is no other', async () => {
  const old = await usable('old', ['a.test'], { source: 'own', notAfter: new Date(500) })
  expect(shown([{ host: 'a.test', appId: 'shop' }], [old])).toEqual({ old: ['a.test'] })
  expect(shown([{ host: 'a.test', appId: 'shop' }], [old, await usable('new', ['*.test'])])).toEqual({
    new: ['a.test'],
  })
})

test('a wildcard covers one label, and itself', () => {
  expect(covers('*.a.test', 'x.a.test')).toBe(true)
  expect(covers('*.a.test', '*.a.test')).toBe(true)
  for (const host of ['a.test', 'x.y.a.test', '*.x.a.test', 'xa.test'])
    expect(covers('*.a.test', host)).toBe(false)
  expect(covers('*.test', '*.a.test')).toBe(false)
})

test('what is shown is the chain with its key, and prints as a secret', async () => {
  const one = await usable('one', ['a.test'])
  const [served] = showCertificates([{ host: 'a.test', appId: 'shop' }], [one])
  expect(served?.pem.reveal()).toMatch(/^-----BEGIN CERTIFICATE-----[\s\S]*-----END PRIVATE KEY-----\n$/)
  expect(`${served?.pem}`).toBe('[secret]')
  expect(served?.pem).toBeInstanceOf(Secret)
  expect(certificateNames(one.chain)).toEqual(['a.test'])
})

test('the dashboard is reached over TLS from when its host has a certificate', async () => {
  const urlWith = async (env: Record<string, string>, ...names: string[]) => {
    const chains = await Promise.all(names.map(async (name) => (await usable('own', [name])).chain))
    const settings = readSettings({ BERTH_BASE_DOMAIN: 'apps.test', ...env })
    return await dashboardUrl(settings, { ofPlatform: async () => chains })
  }
  expect(await urlWith({})).toBe('http://berth.apps.test:8080')
  expect(await urlWith({}, 'shop.apps.test')).toBe('http://berth.apps.test:8080')
  expect(await urlWith({}, 'berth.apps.test')).toBe('https://berth.apps.test:8443')
  expect(await urlWith({ BERTH_HTTPS_PORT: '443' }, '*.apps.test')).toBe('https://berth.apps.test')
  expect(await urlWith({ BERTH_HTTPS_PORT: 'off' }, '*.apps.test')).toBe('http://berth.apps.test:8080')
})
