import { dashboardHost } from '@berth/domain'
import type { FrontAddress } from '@berth/observe'
import { whereNamesMustLead } from '@berth/route'
import type { Parts } from '../parts.ts'

/** What the records of a domain have to say to lead here. */
export async function frontAddress({ settings }: Pick<Parts, 'settings'>): Promise<FrontAddress> {
  const { name, addresses } = await whereNamesMustLead({
    nameServers: settings.nameServers,
    ownName: dashboardHost(settings),
  })
  return { name, addresses: [...addresses] }
}
