import { command, localRunner } from '@berth/command'
import { ipv6Bytes } from '../network/ipv6.ts'

/**
 * From the network namespace of a process: everybody on the link of its `eth0` hears that there is a router with a /64. It
 * needs a link-local address there, or nobody listens. Source of the bytes: RFC 4861, sections 4.2 and 4.6.2.
 */
export async function advertiseRouter(pid: number, prefix: string): Promise<void> {
  const [advertisement, hopLimit, onLinkAndAutonomous] = [134, 64, 0xc0]
  const [routerSeconds, prefixSeconds] = [seconds(2, 1_800), seconds(4, 3_600)]
  const message = Buffer.concat([
    Buffer.from([advertisement, 0, 0, 0, hopLimit, 0]),
    ...[routerSeconds, Buffer.alloc(8)],
    Buffer.from([3, 4, 64, onLinkAndAutonomous]),
    ...[prefixSeconds, prefixSeconds, Buffer.alloc(4), ipv6Bytes(prefix)],
  ])
  // IPV6_MULTICAST_HOPS: a router's word counts only if nobody has passed it on. The kernel adds the checksum.
  const socket = 'IP6-SENDTO:[ff02::1%eth0]:58,setsockopt-int=41:18:255'
  const words = ['nsenter', `--net=/proc/${pid}/ns/net`, 'socat', '-u', '-', socket] as const
  await localRunner.run(command(...words), { input: message })
}

function seconds(bytes: number, count: number): Buffer {
  const room = Buffer.alloc(bytes)
  room.writeUIntBE(count, 0, bytes)
  return room
}
