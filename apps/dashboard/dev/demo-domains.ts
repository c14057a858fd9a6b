import type { Database } from '@berth/database'
import type { ErrorRecord } from '@berth/domain'
import type { DomainLead, FrontAddress } from '@berth/observe'
import { dnsRecords } from '@berth/route/certificates/dns-records.ts'
import { temporaryCertificates } from '@berth/route/drivers/haproxy/test-certificates.ts'
import type { DemoIds } from './demo-records.ts'

/** Where the names of this invented machine lead. */
export const demoAddress: FrontAddress = {
  name: 'berth.harbour.example',
  addresses: ['192.0.2.10', '2001:db8:10::1'],
}

const elsewhere: ErrorRecord = {
  code: 'CERTIFICATE.ELSEWHERE',
  message:
    'status.beacon.example does not lead here: it leads to 203.0.113.7, and what answers there is not this platform.',
  hint: 'Create its record. It is looked at again by itself.',
  fault: 'user',
  retryable: true,
}
const refused: ErrorRecord = {
  code: 'CERTIFICATE.REFUSED',
  message:
    'The certificate authority gives no certificate for shop.beacon.example: CAA record for beacon.example prevents issuance.',
  hint: 'It is tried again by itself, ever more seldom. A certificate of your own can be added.',
  fault: 'user',
  retryable: true,
}
const noWebhook: ErrorRecord = {
  code: 'CERTIFICATE.NO_WEBHOOK',
  message: 'A certificate for *.preview.beacon.example takes records in its DNS, and nobody makes them.',
  hint: 'Set BERTH_ACME_DNS_WEBHOOK to what makes DNS records at your provider, or add a certificate of your own.',
  fault: 'user',
  retryable: true,
}

type DemoDomain = {
  host: string
  redirectTo?: string
  seenMinutesAgo?: number
  state?: 'wanted' | 'ordering' | 'valid' | 'renewing' | 'failed'
  days?: number
  error?: ErrorRecord
  own?: true
}

const domains: readonly DemoDomain[] = [
  { host: 'www.beacon.example', seenMinutesAgo: 4, state: 'valid', days: 62 },
  {
    host: 'beacon.example',
    redirectTo: 'www.beacon.example',
    seenMinutesAgo: 4,
    state: 'renewing',
    days: 27,
  },
  { host: 'docs.beacon.example', seenMinutesAgo: 50, own: true, days: 9 },
  { host: 'lights.beacon.example', seenMinutesAgo: 1, state: 'ordering' },
  { host: 'shop.beacon.example', seenMinutesAgo: 31, state: 'failed', error: refused },
  { host: 'status.beacon.example', state: 'failed', error: elsewhere },
  { host: '*.preview.beacon.example', seenMinutesAgo: 200, state: 'failed', error: noWebhook },
]

/** Domains and certificates in every state there is. */
export async function seedDomains({ prisma, doors }: Database, { apps }: DemoIds): Promise<void> {
  const appId = apps.beacon ?? ''
  const made = await temporaryCertificates()
  for (const { host, redirectTo = null, seenMinutesAgo, state, days, error, own } of domains) {
    const verifiedAt = seenMinutesAgo === undefined ? null : inDays(-seenMinutesAgo / 1_440)
    await prisma.domain.create({ data: { appId, host, redirectTo, verifiedAt } })
    const chain = days === undefined ? null : await chainFor(made, host)
    const had = days === undefined ? {} : { chain, notBefore: inDays(days - 90), notAfter: inDays(days) }
    const automatic = { host, source: 'acme', state, error, attempts: error ? 3 : 0, dueAt: inDays(0.08) }
    const brought = { host: null, source: 'own', state: 'valid', dueAt: inDays(days ?? 0) }
    await prisma.certificate.create({ data: { appId, ...had, ...(own ? brought : automatic) } })
  }
  await made.remove()
  await doors.change(appId, (before) => ({
    ...before,
    hsts: { maxAgeSeconds: 180 * 86_400, includeSubdomains: false, preload: false },
    maxBodyBytes: 25 * 1024 * 1024,
    pages: {
      maintenance: '<!doctype html>\n<title>Back soon</title>\n<h1>The light is out for an hour.</h1>\n',
    },
  }))
}

/** What is looked up in this invented world. */
export function demoLead(host: string): DomainLead {
  const [record] = dnsRecords(host, demoAddress)
  const known = { host, record, alias: null }
  if (host.startsWith('status.'))
    return {
      ...{ ...known, leadsHere: false, addresses: ['203.0.113.7'] },
      found: 'it leads to 203.0.113.7, and what answers there is not this platform',
    }
  const isKnown = domains.some((domain) => domain.host === host)
  if (!isKnown) return { ...known, leadsHere: false, addresses: [], found: 'it has no address' }
  return { ...known, leadsHere: true, addresses: ['192.0.2.10'], found: 'it does' }
}

async function chainFor(made: Awaited<ReturnType<typeof temporaryCertificates>>, host: string) {
  const text = (await made.make(host)).reveal()
  return text.slice(0, text.indexOf('-----END CERTIFICATE-----') + '-----END CERTIFICATE-----'.length)
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000)
}
