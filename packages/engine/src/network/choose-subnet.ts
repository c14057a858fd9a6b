import { containerError } from '../container/errors.ts'
import { type Block, overlap, parseBlock } from './ipv4.ts'

/** 1,022 addresses: what a bridge has ports for (1,023, one of them its own). */
export const subnetPrefix = 22

/** Host 1 is the bridge itself; the last address is the broadcast. */
export const mostHosts = 1022

/**
 * Where subnets are taken from, in this order: corners of the private blocks that VPNs, clouds and Docker
 * (172.17.0.0/16 and up, 192.168.0.0/16) seldom use, then the shared block of RFC 6598.
 */
const pools = ['10.64.0.0/10', '10.128.0.0/10', '172.24.0.0/13', '100.64.0.0/10'].map(parseBlock)

/**
 * The first free subnet at or after place `from` of each pool. Two engines on one machine begin at different places, so
 * that they do not meet before they see each other's routes. `taken` is what the machine uses already.
 *
 * @throws CONTAINER.NO_ROOM
 */
export function chooseSubnet(from: number, taken: readonly Block[]): Block {
  const size = 2 ** (32 - subnetPrefix)
  for (const pool of pools) {
    const places = 2 ** (subnetPrefix - pool.prefix)
    for (let step = 0; step < places; step += 1) {
      const subnet = { base: pool.base + ((from + step) % places) * size, prefix: subnetPrefix }
      if (!taken.some((block) => overlap(block, subnet))) return subnet
    }
  }
  throw containerError['CONTAINER.NO_ROOM']({ what: 'network' })
}
