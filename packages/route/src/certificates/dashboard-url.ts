import { dashboardHost, frontDoorUrl, type Settings, secureUrl } from '@berth/domain'
import type { CertificateStore } from './certificate-store.ts'
import { certificateNames, covers } from './parse-own-certificate.ts'

/**
 * Where the dashboard is reached: over TLS from when its host has a certificate. Requests without it are sent there by the
 * front door, which decides by the same.
 */
export async function dashboardUrl(
  settings: Settings,
  certificates: Pick<CertificateStore, 'ofPlatform'>,
): Promise<string> {
  const host = dashboardHost(settings)
  const secure = secureUrl(settings, host)
  const plain = frontDoorUrl(settings, host)
  if (secure === null) return plain
  const chains = await certificates.ofPlatform()
  return chains.some((chain) => certificateNames(chain).some((name) => covers(name, host))) ? secure : plain
}
