import { isIP } from 'node:net'
import { AddressRefused, checkedAddress } from '@berth/engine/build/remote/public-address.ts'
import { notificationError } from '@berth/observe'

/**
 * Where teams may have the worker call: public addresses, and what the machine's administrator allows besides
 * (BERTH_PRIVATE_HOSTS). It stands beside databases and a cloud's own services, which no team may reach through it.
 */
export function allowedAddress(privateHosts: readonly string[]) {
  return async (host: string, port: number): Promise<string> => {
    const name = (isIP(host) === 6 ? `[${host}]` : host).toLowerCase()
    const isAllowed = privateHosts.includes(name) || privateHosts.includes(`${name}:${port}`)
    try {
      return await checkedAddress(host, isAllowed ? 'any' : 'public')
    } catch (error) {
      if (!(error instanceof AddressRefused)) throw error
      throw notificationError['NOTIFICATION.ADDRESS_REFUSED']({ host }, { cause: error })
    }
  }
}
