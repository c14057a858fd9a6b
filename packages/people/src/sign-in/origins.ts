import { dashboardHost, frontDoorUrl, type Settings, secureUrl } from '@berth/domain'

/**
 * Where the dashboard's own pages come from. Apps live on sibling host names, which browsers count as the same site: a
 * cookie's SameSite does not keep them out, so every request that changes something must name one of these.
 */
export function dashboardOrigins(settings: Settings): readonly string[] {
  const secure = secureUrl(settings, dashboardHost(settings))
  return [
    `http://127.0.0.1:${settings.dashboardPort}`,
    `http://localhost:${settings.dashboardPort}`,
    frontDoorUrl(settings, dashboardHost(settings)),
    ...(secure === null ? [] : [secure]),
  ]
}

/** For the dashboard's other endpoints (tRPC): a request with a cookie needs this, one with a token does not. */
export function isFromDashboard(settings: Settings, headers: Headers): boolean {
  const origin = headers.get('origin')
  return origin !== null && dashboardOrigins(settings).includes(origin)
}
