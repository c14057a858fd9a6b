import { Secret } from '@berth/command'
import type { ServedCertificate } from '../front-door.ts'
import type { CertificateRecord } from './certificate-store.ts'
import { certificateNames, covers } from './parse-own-certificate.ts'

/** What is known of a certificate that could be shown. `appId` null: the platform's own, for whichever app's default name. */
export type Usable = Pick<CertificateRecord, 'id' | 'appId' | 'source' | 'notAfter'> & {
  chain: string
  key: Secret
}

/**
 * Which certificate is shown for which host. An app's hosts get its own certificates before automatic ones, exact names
 * before wildcards, later ends before earlier; never one that another app has brought, whatever names stand in it. One that
 * has expired is shown where there is no other: a browser's visitor may still decide.
 */
export function showCertificates(
  hosts: readonly { host: string; appId: string | null }[],
  usable: readonly Usable[],
  now = Date.now(),
): ServedCertificate[] {
  const known = usable.map((one) => ({ one, names: certificateNames(one.chain) }))
  const shown = new Map<string, string[]>()
  for (const { host, appId } of hosts) {
    const candidates = known.filter(
      ({ one, names }) =>
        (one.appId === null || one.appId === appId) && names.some((name) => covers(name, host)),
    )
    const ranked = candidates.map(({ one, names }) => ({
      id: one.id,
      rank: rankOf(one, names.includes(host), now),
    }))
    const [best] = ranked.sort((left, right) => compare(right.rank, left.rank))
    if (best) shown.set(best.id, [...(shown.get(best.id) ?? []), host])
  }
  return usable.flatMap(({ id, chain, key }) => {
    const forHosts = shown.get(id)
    return forHosts === undefined ? [] : [{ id, hosts: forHosts, pem: new Secret(chain + key.reveal()) }]
  })
}

function rankOf({ source, notAfter }: Usable, exact: boolean, now: number): number[] {
  const endsAt = notAfter?.getTime() ?? 0
  return [endsAt > now ? 1 : 0, source === 'own' ? 1 : 0, exact ? 1 : 0, endsAt]
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, at) => value !== other[at])
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0)
}
