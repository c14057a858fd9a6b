import { type DomainLead, liveError } from '@berth/observe'
import type { Challenges } from '../certificates/challenges.ts'
import { findLead } from '../certificates/find-lead.ts'
import type { Parts } from '../parts.ts'

/** Where one of the app's own domains leads. A certificate that waits for nothing else is asked for soon. */
export async function verifyDomain(
  parts: Parts & { challenges: Challenges },
  { appId, host }: { appId: string; host: string },
): Promise<DomainLead> {
  const domains = await parts.stores.domains.list(appId)
  if (!domains.some((domain) => domain.host === host))
    throw liveError['LIVE.NOT_FOUND']({ what: 'such domain' })
  const lead = await findLead(parts, parts.challenges, host)
  if (lead.leadsHere) await hasten(parts, appId, host)
  return lead
}

/** What its certificate has waited for is there. What an authority has refused, it is asked for no sooner. */
async function hasten({ stores, queue }: Parts, appId: string, host: string): Promise<void> {
  const waiting = (await stores.certificates.list(appId)).find((one) => one.host === host)
  if (waiting?.error?.code !== 'CERTIFICATE.ELSEWHERE') return
  await stores.certificates.hasten(host)
  await queue.add('look-after-certificates', {})
}
