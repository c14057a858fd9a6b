import { dashboardHost } from '@berth/domain'
import { type Lead, whereItLeads } from '@berth/route'
import type { Parts } from '../parts.ts'
import type { Challenges } from './challenges.ts'

/** Authorities and visitors come to this port, whichever one the front door has behind a router. */
const publicPort = 80

/** Where a name leads. A domain of an app that is seen to lead here is remembered so. */
export async function findLead(
  { settings, stores }: Pick<Parts, 'settings' | 'stores'>,
  challenges: Challenges,
  host: string,
): Promise<Lead> {
  const { httpPort, nameServers } = settings
  const lead = await whereItLeads(host, {
    nameServers,
    ports: httpPort === publicPort ? [publicPort] : [publicPort, httpPort],
    ownName: dashboardHost(settings),
    answerAt: (name) => challenges.at(name),
  })
  const domain = (await stores.domains.all()).find((one) => one.host === host)
  if (domain) await stores.domains.verified(domain.id, lead.leadsHere ? new Date() : null)
  return lead
}
