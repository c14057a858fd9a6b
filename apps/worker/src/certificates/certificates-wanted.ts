import type { Settings } from '@berth/domain'

export type WantedCertificate = { host: string; appId: string | null }

/**
 * The names that a certificate is to be obtained for: those of apps that have not said otherwise, and the platform's own,
 * which one wildcard covers where DNS records can be made. What an app's own certificates cover is left to them. No
 * authority vouches for a name of this machine alone.
 */
export function certificatesWanted(given: {
  hosts: readonly WantedCertificate[]
  /** Apps that obtain none. */
  manual: ReadonlySet<string>
  /** Is this host covered by a certificate that the app has brought? */
  covered(host: string, appId: string | null): boolean
  settings: Pick<Settings, 'acme' | 'baseDomain' | 'httpsPort'>
}): WantedCertificate[] {
  const { acme, baseDomain, httpsPort } = given.settings
  if (acme === null || httpsPort === null) return []
  const isBelowBase = (host: string) => host.endsWith(`.${baseDomain}`)
  const isPublic = baseDomain !== 'localhost' && !baseDomain.endsWith('.localhost')
  const byWildcard = acme.dnsWebhook !== null
  const apart = given.hosts.filter(({ host, appId }) => {
    if (appId !== null && given.manual.has(appId)) return false
    if (isBelowBase(host) && (!isPublic || byWildcard)) return false
    return !given.covered(host, appId)
  })
  return isPublic && byWildcard ? [{ host: `*.${baseDomain}`, appId: null }, ...apart] : apart
}
