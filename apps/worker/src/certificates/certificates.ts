import { patiently } from '@berth/deploy'
import { dashboardHost, isBerthError, toErrorRecord } from '@berth/domain'
import {
  type CertificateRecord,
  certificateError,
  certificateNames,
  covers,
  isExpiring,
  parseCertificate,
  RetryLater,
  renewAt,
  retryAt,
  showCertificates,
} from '@berth/route'
import type { Routes } from '../app/routes.ts'
import type { Parts } from '../parts.ts'
import { certificatesWanted } from './certificates-wanted.ts'
import type { Challenges } from './challenges.ts'
import { findLead } from './find-lead.ts'

/**
 * Every host's certificate: obtained, renewed in time, shown at the front door, and told of where it is in vain. It plans
 * from the records each time, so that a crash anywhere is answered by the next look; a certificate that is being renewed
 * is shown until the next one is there.
 */
export interface Certificates {
  /** What the records have is what the front door is told; applied with the rest of the table. */
  load(): Promise<void>
  /** Asks for what is due, and returns without waiting for it. */
  look(): Promise<void>
  /** Once nothing is asked for any more. */
  settled(): Promise<void>
}

export type CertificateParts = Parts & { routes: Routes; challenges: Challenges }

/** An authority is asked for so many at a time. */
const atOnce = 3
/** A name that is only just being set up is no news. */
const toldAfterAttempts = 3

export function openCertificates(parts: CertificateParts): Certificates {
  const { stores, routes, report, authority, challenges } = parts
  const underWay = new Map<string, Promise<void>>()
  const told = new Set<string>()

  async function load(): Promise<void> {
    const [usable, hosts] = await patiently(
      () => Promise.all([stores.certificates.usable(), hostsOf(parts)]),
      parts.closing,
    )
    if (routes.setCertificates(showCertificates(hosts, usable))) await routes.apply()
    for (const one of usable) await warn(one)
  }

  async function look(): Promise<void> {
    const wanted = await settleWanted()
    await load()
    const due = (await stores.certificates.all()).filter(
      ({ id, host, source, dueAt }) =>
        source === 'acme' && wanted.has(host ?? '') && isDue(dueAt) && !underWay.has(id),
    )
    for (const record of due.slice(0, Math.max(0, atOnce - underWay.size))) begin(record)
  }

  /**
   * New names are wanted; what leads nowhere any more is forgotten. What is not wanted but still leads here is shown to its
   * end, and not renewed. Returns the names that are wanted.
   */
  async function settleWanted(): Promise<Set<string>> {
    const [hosts, known, manual] = await Promise.all([
      hostsOf(parts),
      stores.certificates.all(),
      stores.doors.manual(),
    ])
    const own = known.filter(
      ({ source, notAfter }) => source === 'own' && notAfter !== null && !isDue(notAfter),
    )
    const wanted = certificatesWanted({
      hosts,
      manual: new Set(manual),
      covered: (host, appId) =>
        own.some((one) => one.appId === appId && namesOf(one).some((name) => covers(name, host))),
      settings: parts.settings,
    })
    const automatic = new Map(known.flatMap((one) => (one.host === null ? [] : [[one.host, one] as const])))
    for (const { host, appId } of wanted) {
      const there = automatic.get(host)
      if (there === undefined || there.appId !== appId) await stores.certificates.want(appId, host)
    }
    const leading = new Set([...hosts, ...wanted].map(({ host }) => host))
    for (const { id, host } of automatic.values())
      if (!leading.has(host ?? '') && !underWay.has(id)) await stores.certificates.remove(id)
    return new Set(wanted.map(({ host }) => host))
  }

  function begin(record: CertificateRecord): void {
    const work = obtain(record)
      .catch((error: unknown) => report(`a certificate for ${record.host}`, error))
      .finally(() => underWay.delete(record.id))
    underWay.set(record.id, work)
  }

  async function obtain(record: CertificateRecord): Promise<void> {
    const { id, host } = record
    if (host === null || authority === null || !(await stores.certificates.begin(id))) return
    let asked = false
    try {
      const answerAt = await proofFor(host)
      asked = true
      const obtained = await authority.order({ host, answerAt, ...(await account()), signal: parts.closing })
      const parsed = parseCertificate({ certificate: obtained.chain, key: obtained.key.reveal() })
      if (!namesOf(parsed).some((name) => covers(name, host)))
        throw certificateError['CERTIFICATE.REFUSED']({ host, words: 'what it gave is for another name' })
      await stores.certificates.obtained(id, { ...parsed, dueAt: renewAt(parsed) })
      told.delete(id)
    } catch (error) {
      // The next worker takes it up where this one is being closed.
      if (parts.closing.aborted) return
      await inVain(record, error, asked)
      return
    }
    await load()
  }

  /** Where the name leads is looked at first: authorities count what is in vain. */
  async function proofFor(host: string) {
    if (host.startsWith('*.')) {
      if (parts.settings.acme?.dnsWebhook === null) throw certificateError['CERTIFICATE.NO_WEBHOOK']({ host })
      return undefined
    }
    const lead = await findLead(parts, challenges, host)
    if (!lead.leadsHere) throw certificateError['CERTIFICATE.ELSEWHERE']({ host, found: lead.found })
    return challenges.at(host)
  }

  async function account() {
    const directory = parts.settings.acme?.directory ?? ''
    return {
      account: await stores.certificates.account(directory),
      keepAccount: (made: {
        url: string
        key: Parameters<typeof stores.certificates.keepAccount>[1]['key']
      }) => stores.certificates.keepAccount(directory, made),
    }
  }

  async function inVain(record: CertificateRecord, thrown: unknown, asked: boolean): Promise<void> {
    const later = thrown instanceof RetryLater ? thrown : null
    const cause = later?.cause ?? thrown
    if (!isBerthError(cause)) report(`a certificate for ${record.host}`, cause)
    const error = toErrorRecord(cause)
    const { attempts } = record
    // What did not reach an authority, it does not count.
    const counted = asked && error.code !== 'CERTIFICATE.AUTHORITY_UNREACHABLE'
    const dueAt = retryAt({ attempts, asked: counted, ...(later && { afterMs: later.afterMs }) })
    await stores.certificates.failed(record.id, { error, dueAt })
    if (!asked && attempts + 1 < toldAfterAttempts) return
    const app = record.appId === null ? null : await stores.apps.get(record.appId)
    if (app !== null && record.host !== null)
      parts.notify({ kind: 'certificate-failed', app, hosts: [record.host], error })
  }

  /** Once a certificate and worker: whoever is told twice of the same end of the same one is told nothing new. */
  async function warn({
    id,
    appId,
    host,
    source,
    chain,
    notBefore,
    notAfter,
  }: CertificateRecord): Promise<void> {
    if (notBefore === null || notAfter === null || appId === null || chain === null) return
    const key = `${id} ${notAfter.toISOString()}`
    if (told.has(key) || !isExpiring({ notBefore, notAfter }, source)) return
    told.add(key)
    const app = await stores.apps.get(appId)
    const hosts = host === null ? namesOf({ chain }) : [host]
    if (app !== null) parts.notify({ kind: 'certificate-expiring', app, hosts, expiresAt: notAfter })
  }

  return {
    load,
    look,
    settled: async () => void (await Promise.all(underWay.values())),
  }
}

/** Every name that leads somewhere, as the records say it, and whose it is; null: the platform's own. */
async function hostsOf({ stores, settings }: Parts): Promise<{ host: string; appId: string | null }[]> {
  const [apps, domains] = await Promise.all([stores.apps.all(), stores.domains.all()])
  return [
    ...apps.map(({ id, name }) => ({ host: `${name}.${settings.baseDomain}`, appId: id })),
    ...domains.map(({ host, appId }) => ({ host, appId })),
    { host: dashboardHost(settings), appId: null },
  ]
}

function isDue(at: Date): boolean {
  return at.getTime() <= Date.now()
}

function namesOf({ chain }: Pick<CertificateRecord, 'chain'>): string[] {
  return chain === null ? [] : certificateNames(chain)
}
