import { isIP } from 'node:net'
import type { PublishedPort } from '@berth/engine'
import { cliError } from '../errors.ts'

/**
 * Docker's `-p`: `[[address:]host-port:]container-port[/protocol]`, ports or ranges of equal length; IPv6 addresses in
 * brackets. Without a host port any free one is taken. @throws CLI.BAD_INPUT
 */
export function parsePorts(text: string): PublishedPort[] {
  const [, address, host, container = '', given = 'tcp'] =
    /^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?([\d-]*):)?([\d-]+)(?:\/(tcp|udp))?$/.exec(text) ?? refuse(text)
  const inside = range(container, text)
  const outside = host === undefined || host === '' ? inside.map(() => 0) : range(host, text)
  if (outside.length !== inside.length) refuse(text)
  const hostAddress = address === undefined || address === '' ? null : address.replace(/^\[|\]$/g, '')
  if (hostAddress !== null && isIP(hostAddress) === 0) refuse(text)
  const protocol = given === 'udp' ? 'udp' : 'tcp'
  return inside.map((containerPort, index) => ({
    ...{ protocol, containerPort, hostAddress },
    hostPort: outside[index] ?? 0,
  }))
}

function range(text: string, whole: string): number[] {
  const [first = 0, last = first, ...more] = text.split('-').map(Number)
  if (more.length > 0 || !(first >= 1 && last >= first && last <= 65_535)) refuse(whole)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function refuse(text: string): never {
  throw cliError['CLI.BAD_INPUT']({
    what: `A port is written as 8080:80, 127.0.0.1:8080:80 or 53/udp; this is ${JSON.stringify(text)}.`,
  })
}
