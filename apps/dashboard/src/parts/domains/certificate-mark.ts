import type { CertificatesView, CertificateView, DomainView } from '@berth/api'
import { sayUntil } from '@berth/ui'
import type { Mark } from '../marks.ts'

/** Own ones are renewed by nobody: so long before its end it is said. */
const soonMs = 14 * 86_400_000

/** How it is with a domain's certificate, in words. */
export function certificateMark(
  domain: Pick<DomainView, 'host' | 'certificate' | 'isDefault'>,
  { auto, available, certificates }: CertificatesView,
  nowMs: number,
): Mark {
  const record = automaticOf(domain.host, certificates)
  if (domain.certificate) return shownMark(domain.certificate, record, nowMs)
  if (record?.state === 'ordering')
    return { shape: 'ring', tone: 'accent', word: 'Certificate being obtained' }
  if (record?.state === 'expired') return { shape: 'triangle', tone: 'bad', word: 'Certificate expired' }
  if (record?.error) return { shape: 'triangle', tone: 'bad', word: 'No certificate yet' }
  if (!available || !auto) return { shape: 'dash', tone: 'grey', word: 'No certificate' }
  // The platform looks after the default name's own certificate.
  if (domain.isDefault) return { shape: 'dash', tone: 'grey', word: 'No certificate yet' }
  return { shape: 'dot', tone: 'grey', word: 'Certificate follows once it leads here' }
}

export function automaticOf(
  host: string,
  certificates: readonly CertificateView[],
): CertificateView | undefined {
  return certificates.find((one) => one.source === 'acme' && one.hosts.includes(host))
}

function shownMark(
  { source, expiresAt }: NonNullable<DomainView['certificate']>,
  record: CertificateView | undefined,
  nowMs: number,
): Mark {
  const endMs = Date.parse(expiresAt)
  const ends = sayUntil(endMs, nowMs)
  if (source === 'own') {
    const isSoon = endMs - nowMs < soonMs
    return isSoon
      ? { shape: 'half', tone: 'warn', word: `Own certificate ends ${ends}` }
      : { shape: 'check', tone: 'good', word: `Own certificate, ends ${ends}` }
  }
  if (record?.state === 'renewing')
    return { shape: 'ring', tone: 'accent', word: `Certificate renewing, ends ${ends}` }
  if (record?.error) return { shape: 'half', tone: 'warn', word: `Renewal failed, ends ${ends}` }
  return { shape: 'check', tone: 'good', word: `Certificate valid, ends ${ends}` }
}
