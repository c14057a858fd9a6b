import { existsSync, readFileSync } from 'node:fs'

/** `off`: the kernel has it, but the machine does not want it. `missing`: the kernel lacks it, with all its settings. */
export type HostIpv6 = 'on' | 'off' | 'missing'

export const ipv6Settings = '/proc/sys/net/ipv6/conf'

/** Of the machine and of what is made on it from now on. Source: the kernel's ip-sysctl.rst, `disable_ipv6`. */
export function readHostIpv6(settings = ipv6Settings): HostIpv6 {
  if (!existsSync(settings)) return 'missing'
  const isOff = (scope: string) => readFileSync(`${settings}/${scope}/disable_ipv6`, 'utf8').trim() !== '0'
  return isOff('all') || isOff('default') ? 'off' : 'on'
}
