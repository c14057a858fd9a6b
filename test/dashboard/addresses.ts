import { setTimeout as sleep } from 'node:timers/promises'
import { dashboardHost, frontDoorUrl } from '@berth/domain'
import type { Platform } from '../platform/start-platform.ts'

/** At the machine itself. */
export const localAddress = (platform: Platform) => `http://127.0.0.1:${platform.settings.dashboardPort}`

/** For people; open once there is an owner. */
export const publicAddress = (platform: Platform) =>
  frontDoorUrl(platform.settings, dashboardHost(platform.settings))

/** The one-time link that `berth up` printed. */
export async function ownerLink(platform: Platform): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const link = platform.lines.map((line) => /http\S+\/welcome\?token=\S+/.exec(line)?.[0]).find(Boolean)
    if (link) return link
    await sleep(50)
  }
  throw new Error(`no link for an owner was printed:\n${platform.lines.join('\n')}`)
}

/** A link that signs in once, made at the machine, for the front door unless it is to be for another address. */
export async function signInLink(
  platform: Platform,
  email: string,
  address = publicAddress(platform),
): Promise<string> {
  const { stdout } = await platform.berth(['account', 'link', email])
  return stdout.trim().replace(localAddress(platform), address)
}
