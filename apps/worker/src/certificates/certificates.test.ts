import { Secret } from '@berth/command'
import type { App } from '@berth/domain'
import { type Authority, certificateError, RetryLater } from '@berth/route'
import {
  type TemporaryCertificates,
  temporaryCertificates,
} from '@berth/route/drivers/haproxy/test-certificates.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually, type FakePlatform, startFakePlatform } from '../fake-platform.ts'
import { certificatesWanted } from './certificates-wanted.ts'

/** An authority that gives, or says what a test tells it. */
let give: Authority['order']
let certificates: TemporaryCertificates
let platform: FakePlatform
let app: App
let ordered: string[]

beforeAll(async () => {
  certificates = await temporaryCertificates()
})
afterAll(() => certificates.remove())

beforeEach(async () => {
  ordered = []
  give = async ({ host }) => {
    const pem = (await certificates.make(host)).reveal()
    const [chain = '', key = ''] = pem.split(/(?<=-----END CERTIFICATE-----\n)/)
    return { chain, key: new Secret(key) }
  }
  platform = await startFakePlatform({
    authority: {
      order: (order) => {
        ordered.push(order.host)
        return give(order)
      },
    },
    env: {
      BERTH_ACME_EMAIL: 'ops@example.com',
      BERTH_ACME_DIRECTORY: 'https://authority.example/directory',
      BERTH_ACME_DNS_WEBHOOK: 'https://dns.example/hook',
    },
  })
  app = await platform.createApp('shop')
})
afterEach(() => platform.remove())

/** A wildcard's name leads wherever it likes: only its DNS is looked at. */
const wildcard = '*.shop.test'
const look = () => platform.parts().certificates.look()
const records = () => platform.stores.certificates.list(app.id)

async function settled() {
  await look()
  await platform.parts().certificates.settled()
  return (await records())[0]
}

test('a name is obtained once, and shown from then on, also by the next worker', async () => {
  await platform.stores.domains.add(app.id, wildcard)
  expect(await settled()).toMatchObject({ host: wildcard, state: 'valid', attempts: 0, error: null })
  await settled()
  expect(ordered).toEqual([wildcard])
  const shown = () => platform.frontDoor.table.certificates?.flatMap(({ hosts }) => hosts)
  await eventually(() => expect(shown()).toEqual([wildcard]))
  await platform.stop()
  await platform.frontDoor.apply({ routes: [] })
  await platform.start()
  await eventually(() => expect(shown()).toEqual([wildcard]))
})

test('what was in vain is tried again when the authority allows it, and its app’s team is told', async () => {
  const limited = certificateError['CERTIFICATE.RATE_LIMITED']({ words: 'too many' })
  give = async () => {
    throw new RetryLater(limited, 5 * 60 * 60_000)
  }
  await platform.stores.domains.add(app.id, wildcard)
  const failed = await settled()
  expect(failed).toMatchObject({ state: 'failed', attempts: 1, error: { code: 'CERTIFICATE.RATE_LIMITED' } })
  expect((failed?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(4.9 * 60 * 60_000)
  await settled()
  expect(ordered).toHaveLength(1)
  expect(platform.notices).toContainEqual(
    expect.objectContaining({
      kind: 'certificate-failed',
      hosts: [wildcard],
      app: expect.objectContaining({ id: app.id }),
    }),
  )
})

test('a renewal in vain leaves the certificate that is there in place', async () => {
  await platform.stores.domains.add(app.id, wildcard)
  const { id = '' } = (await settled()) ?? {}
  give = async ({ host }) => {
    throw certificateError['CERTIFICATE.NOT_PROVED']({ host, words: 'no record' })
  }
  await platform.stores.certificates.hasten(wildcard)
  expect(await settled()).toMatchObject({
    id,
    state: 'valid',
    attempts: 1,
    error: { code: 'CERTIFICATE.NOT_PROVED' },
  })
  expect(platform.frontDoor.table.certificates).toHaveLength(1)
})

test('one that was being asked for when its worker died is asked for again', async () => {
  await platform.stores.certificates.want(app.id, wildcard)
  await platform.stores.domains.add(app.id, wildcard)
  const [wanted] = await records()
  await platform.stores.certificates.begin(wanted?.id ?? '')
  expect(await settled()).toMatchObject({ state: 'valid' })
})

test('a certificate that is not for the name, or that cannot be used, is not taken', async () => {
  give = async () => ({ chain: 'nothing', key: new Secret('nothing') })
  await platform.stores.domains.add(app.id, wildcard)
  expect(await settled()).toMatchObject({ state: 'failed', error: { code: 'CERTIFICATE.UNUSABLE' } })
  const pem = (await certificates.make('other.test')).reveal()
  give = async () => ({ chain: pem, key: new Secret(pem) })
  await platform.stores.certificates.hasten(wildcard)
  expect(await settled()).toMatchObject({ attempts: 2, error: { code: 'CERTIFICATE.REFUSED' } })
})

test('a domain that is removed takes its certificate along; one that is not renewed any more is shown to its end', async () => {
  await platform.stores.domains.add(app.id, wildcard)
  await settled()
  await platform.stores.doors.change(app.id, (before) => ({ ...before, autoCertificates: false }))
  await platform.stores.certificates.hasten(wildcard)
  await settled()
  expect(ordered).toEqual([wildcard])
  expect(platform.frontDoor.table.certificates).toHaveLength(1)
  await platform.stores.domains.remove(app.id, wildcard)
  await settled()
  expect(await records()).toEqual([])
  expect(platform.frontDoor.table.certificates).toEqual([])
})

const none = { manual: new Set<string>(), covered: () => false }
const acme = { directory: 'd', email: 'e', authorities: null, dnsWebhook: null }
const hosts = [
  { host: 'shop.apps.test', appId: 'shop' },
  { host: 'www.shop.test', appId: 'shop' },
  { host: 'berth.apps.test', appId: null },
]

test('names of this machine alone are nothing for an authority, and without one nothing is wanted', () => {
  const wanted = (settings: Parameters<typeof certificatesWanted>[0]['settings']) =>
    certificatesWanted({ ...none, hosts, settings }).map(({ host }) => host)
  expect(wanted({ acme: null, baseDomain: 'apps.test', httpsPort: 443 })).toEqual([])
  expect(wanted({ acme, baseDomain: 'apps.test', httpsPort: null })).toEqual([])
  expect(wanted({ acme, baseDomain: 'apps.test', httpsPort: 443 })).toEqual(hosts.map(({ host }) => host))
  const dns = { ...acme, dnsWebhook: 'https://dns.example' }
  expect(wanted({ acme: dns, baseDomain: 'apps.test', httpsPort: 443 })).toEqual([
    '*.apps.test',
    'www.shop.test',
  ])
  const local = [{ host: 'shop.localhost', appId: 'shop' }]
  const here = { acme, baseDomain: 'localhost', httpsPort: 8443 }
  expect(certificatesWanted({ ...none, hosts: local, settings: here })).toEqual([])
})

test('what an app has brought itself, or wants none for, is left alone', () => {
  const settings = { acme, baseDomain: 'apps.test', httpsPort: 443 }
  const covered = (host: string) => host === 'www.shop.test'
  expect(certificatesWanted({ ...none, covered, hosts, settings })).toEqual([hosts[0], hosts[2]])
  expect(certificatesWanted({ ...none, manual: new Set(['shop']), hosts, settings })).toEqual([hosts[2]])
})
