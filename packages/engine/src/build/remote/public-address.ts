import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * Which addresses a Dockerfile may have the engine call: the worker stands beside databases and a cloud's own services,
 * which nobody who pushes may reach through it. A name is looked up once, checked, and the checked address is called,
 * so that a name which changes its mind in between gains nothing.
 * Source: IANA's special-purpose address registries.
 */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} is an address of this machine or of a private network`)
  }
}

const special = new BlockList()
for (const [network, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as const),
  ...([
    ['192.0.2.0', 24],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['192.88.99.0', 24],
  ] as const),
  ...([
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
]) {
  special.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ...([
    ['::', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
  ] as const),
  ...([
    ['2001:db8::', 32],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 9],
    ['ff00::', 8],
  ] as const),
]) {
  special.addSubnet(network, bits, 'ipv6')
}

export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const plain = address.replace(/%.*$/, '')
  if (special.check(plain, family === 6 ? 'ipv6' : 'ipv4')) return false
  return !Object.values(networkInterfaces()).some((each) => each?.some((own) => own.address === plain))
}

export type Addresses = 'public' | 'any'

/** A URL's host may be an address itself: then nothing is looked up. @throws AddressRefused */
export function assertHost(url: URL, allowed: Addresses): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (allowed === 'public' && isIP(host) !== 0 && !isPublic(host)) throw new AddressRefused(url.hostname)
}

/** The address to call for a host, which may be one itself. @throws AddressRefused, what the lookup ends with */
export async function checkedAddress(host: string, allowed: Addresses): Promise<string> {
  if (isIP(host) !== 0) {
    if (allowed === 'public' && !isPublic(host)) throw new AddressRefused(host)
    return host
  }
  return new Promise((resolve, reject) => {
    checkedLookup(allowed)(host, { all: true }, (error, addresses) => {
      if (error !== null || addresses[0] === undefined) reject(error ?? new AddressRefused(host))
      else resolve(addresses[0].address)
    })
  })
}

type Found = (error: Error | null, addresses: LookupAddress[]) => void

/** For `http.request`: one address, which is the one that is called. */
export function checkedLookup(allowed: Addresses) {
  return (host: string, options: LookupAllOptions, found: Found): void => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, [])
      const good = allowed === 'any' ? addresses : addresses.filter(({ address }) => isPublic(address))
      if (good.length < addresses.length || good.length === 0) return found(new AddressRefused(host), [])
      return found(null, good)
    })
  }
}
