import { bytes, decodeAttributes, nested, number8, number32, type Request, text } from './message.ts'

/**
 * What is asked of the kernel about links, addresses and routes. Sources: rtnetlink(7), include/uapi/linux/if_link.h,
 * if_addr.h, rtnetlink.h, if_bridge.h, veth.h.
 */
const type = { newLink: 16, getLink: 18, newAddress: 20, newRoute: 24 }
const flag = { replace: 0x100, exclusive: 0x200, create: 0x400 }
const link = {
  ...{ address: 1, name: 3, mtu: 4, farIndex: 5 },
  ...{ master: 10, information: 18, namespaceOfPid: 19, families: 26 },
}
const information = { kind: 1, details: 2, portKind: 4, portDetails: 5 }
const bridge = { forwardDelay: 1, spanningTree: 5, watchesMulticast: 23 }
const peerOfCable = 1
const isolatedPort = 33
const generateAddress = 8
const generateNone = 1
const internet = { 4: 2, 6: 10 } as const
const up = 1

export type LinkWords = {
  mtu?: number
  /** `02:42:0a:40:00:02` */
  hardwareAddress?: string
}

/**
 * A bridge without a spanning tree: a port carries packets at once. What goes to many goes to every port: IPv6 finds its
 * neighbours so, and who does not say what it listens to must be found too.
 */
export function addBridge(name: string, words: LinkWords): Request {
  const details = nested(
    information.details,
    number32(bridge.forwardDelay, 0),
    number32(bridge.spanningTree, 0),
    number8(bridge.watchesMulticast, 0),
  )
  return {
    type: type.newLink,
    flags: flag.create | flag.exclusive,
    parts: [
      linkHeader(),
      text(link.name, name),
      ...linkWords(words),
      nested(link.information, text(information.kind, 'bridge'), details),
    ],
  }
}

/** A cable from here to the network namespace of a process. */
export function addCable(options: {
  name: string
  /** Index of the bridge that it is plugged into. */
  bridge: number
  mtu: number
  far: { name: string; hardwareAddress: string; pid: number }
}): Request {
  const { name, mtu, far } = options
  const peer = bytes(
    peerOfCable,
    Buffer.concat([
      linkHeader(),
      text(link.name, far.name),
      ...linkWords({ mtu, hardwareAddress: far.hardwareAddress }),
      number32(link.namespaceOfPid, far.pid),
    ]),
  )
  return {
    type: type.newLink,
    flags: flag.create | flag.exclusive,
    parts: [
      linkHeader(),
      text(link.name, name),
      number32(link.mtu, mtu),
      number32(link.master, options.bridge),
      nested(link.information, text(information.kind, 'veth'), nested(information.details, peer)),
    ],
  }
}

/** `noOwnAddress`: without the one that IPv6 would give it by itself; only where the kernel has IPv6. */
export function switchOn(
  name: string,
  options: LinkWords & { isolatedPort?: boolean; noOwnAddress?: boolean } = {},
): Request {
  const family = nested(internet[6], number8(generateAddress, generateNone))
  const isolated = nested(
    link.information,
    text(information.portKind, 'bridge'),
    nested(information.portDetails, number8(isolatedPort, 1)),
  )
  return {
    type: type.newLink,
    parts: [
      linkHeader(up),
      text(link.name, name),
      ...linkWords(options),
      ...(options.noOwnAddress ? [nested(link.families, family)] : []),
      ...(options.isolatedPort ? [isolated] : []),
    ],
  }
}

/** `farIndex`: of a cable's other end, in the namespace that it is in; 0 where there is none. */
export type Link = { index: number; farIndex: number }

/** Answered with a message that `readLink` reads. */
export function askLink(name: string): Request {
  return { type: type.getLink, parts: [linkHeader(), text(link.name, name)] }
}

export function readLink(payload: Buffer): Link {
  const far = decodeAttributes(payload.subarray(linkHeaderBytes)).get(link.farIndex)
  return { index: payload.readInt32LE(4), farIndex: far?.readUInt32LE(0) ?? 0 }
}

const address = { address: 1, local: 2, flags: 8 }
/** Nobody else can have it, so nobody is asked, and it may be used at once. */
const withoutDetection = 2

export function addAddress(index: number, given: { address: Buffer; prefix: number }): Request {
  const header = Buffer.alloc(8)
  header.writeUInt8(familyOf(given.address), 0)
  header.writeUInt8(given.prefix, 1)
  header.writeUInt32LE(index, 4)
  return {
    type: type.newAddress,
    flags: flag.create | flag.replace,
    parts: [
      header,
      bytes(address.local, given.address),
      bytes(address.address, given.address),
      number32(address.flags, withoutDetection),
    ],
  }
}

const route = { device: 4, gateway: 5 }
/** The main table, made by whoever set the machine up, towards everywhere, to a host. */
const [mainTable, setAtStart, everywhere, toHost] = [254, 3, 0, 1]

export function addDefaultRoute(index: number, gateway: Buffer): Request {
  const header = Buffer.from([
    familyOf(gateway),
    ...[0, 0, 0],
    ...[mainTable, setAtStart, everywhere, toHost],
    ...[0, 0, 0, 0],
  ])
  return {
    type: type.newRoute,
    flags: flag.create | flag.exclusive,
    parts: [header, bytes(route.gateway, gateway), number32(route.device, index)],
  }
}

const linkHeaderBytes = 16

/** Any family, any kind, found by its name; `flags` are those to be set. */
function linkHeader(flags = 0): Buffer {
  const header = Buffer.alloc(linkHeaderBytes)
  header.writeUInt32LE(flags, 8)
  header.writeUInt32LE(flags, 12)
  return header
}

function linkWords({ mtu, hardwareAddress }: LinkWords): Buffer[] {
  return [
    ...(mtu === undefined ? [] : [number32(link.mtu, mtu)]),
    ...(hardwareAddress === undefined
      ? []
      : [bytes(link.address, Buffer.from(hardwareAddress.replaceAll(':', ''), 'hex'))]),
  ]
}

function familyOf(given: Buffer): number {
  return given.length === 4 ? internet[4] : internet[6]
}
