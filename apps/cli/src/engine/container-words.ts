import type { Container, PublishedPort } from '@berth/engine'

/** `10.64.0.2, fd12:3456:789a::2` */
export function addressWords({ address, address6 }: Pick<Container, 'address' | 'address6'>): string {
  return [address, address6].filter((each) => each !== null).join(', ') || '–'
}

/** `*:8080->80/tcp`, `[::1]:8080->80/tcp` */
export function portWords({ hostAddress, hostPort, containerPort, protocol }: PublishedPort): string {
  const outside = hostAddress?.includes(':') ? `[${hostAddress}]` : (hostAddress ?? '*')
  return `${outside}:${hostPort}->${containerPort}/${protocol}`
}
