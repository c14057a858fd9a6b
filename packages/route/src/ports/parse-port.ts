import type { Settings } from '@berth/domain'
import { portError } from './errors.ts'

type PlatformPorts = Pick<
  Settings,
  'appPorts' | 'httpPort' | 'httpsPort' | 'sshPort' | 'dashboardPort' | 'receiverPort'
>

/** `5432` or `5432/tcp`, as people write it. @throws PORT.INVALID, PORT.ONLY_TCP */
export function parsePort(given: string): number {
  const [, number = '', protocol = 'tcp'] = /^(\d{1,5})(?:\/([a-z]{1,10}))?$/i.exec(given.trim()) ?? []
  const port = Number(number)
  if (protocol.toLowerCase() === 'udp') throw portError['PORT.ONLY_TCP']()
  if (protocol.toLowerCase() !== 'tcp' || port < 1 || port > 65_535)
    throw portError['PORT.INVALID']({ given })
  return port
}

/** The platform's own ports are nobody's, whatever the range. @throws PORT.NONE_ALLOWED, PORT.OUT_OF_RANGE, PORT.IN_USE */
export function assertPortAllowed(port: number, { appPorts, ...own }: PlatformPorts): void {
  if (appPorts === null) throw portError['PORT.NONE_ALLOWED']()
  const { from, to } = appPorts
  if (port < from || port > to) throw portError['PORT.OUT_OF_RANGE']({ port, range: `${from} to ${to}` })
  const { httpPort, httpsPort, sshPort, dashboardPort, receiverPort } = own
  if ([httpPort, httpsPort, sshPort, dashboardPort, receiverPort].includes(port))
    throw portError['PORT.IN_USE']({ port })
}
