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
  return await findLead(parts, parts.challenges, host)
}
