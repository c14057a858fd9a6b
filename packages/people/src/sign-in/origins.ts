import { dashboardHost, frontDoorUrl, type Settings, secureUrl } from '@berth/domain'

/**
 * Where the dashboard's own pages come from. Apps live on sibling host names, which browsers count as the same site: a
 * cookie's SameSite does not keep them out, so every request that changes something must name one of these. Over TLS only a
 * page that came over TLS counts: what came without it may be anybody's on the way.
 */
export function dashboardOrigins(settings: Settings, headers = new Headers()): readonly string[] {
  const secure = secureUrl(settings, dashboardHost(settings))
  const plain = [
    `http://127.0.0.1:${settings.dashboardPort}`,
    `http://localhost:${settings.dashboardPort}`,
    frontDoorUrl(settings, dashboardHost(settings)),
  ]
  const scheme = headers.get(schemeHeader)
  if (secure === null || scheme === 'http') return plain
  return scheme === 'https' ? [secure] : [...plain, secure]
}

/** For the dashboard's other endpoints (tRPC): a request with a cookie needs this, one with a token does not. */
export function isFromDashboard(settings: Settings, headers: Headers): boolean {
  const origin = headers.get('origin')
  return origin !== null && dashboardOrigins(settings, headers).includes(origin)
}

/** Set by the front door, whatever the client says; at the dashboard's own port, which is this machine's alone, nobody sets it. */
const schemeHeader = 'x-forwarded-proto'

/** Where this request came to: what cookies are made for, and links lead to. */
export function addressAsked(settings: Settings, headers: Headers): string {
  const host = dashboardHost(settings)
  const secure = headers.get(schemeHeader) === 'https' ? secureUrl(settings, host) : null
  return secure ?? frontDoorUrl(settings, host)
}
