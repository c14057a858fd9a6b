import type { Settings } from '@berth/domain'
import { isFromDashboard } from '@berth/people'
import { requestHeader } from './request-header.ts'

/**
 * Closes cross-site request forgery for requests that change something and carry a cookie: they must come from the
 * dashboard's own pages. Apps answer at sibling host names, so SameSite alone would not do. A request with a token of its
 * own carries no cookie's power and is exempt.
 */
export function mayChange(request: Request, settings: Settings): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true
  if (bearerToken(request.headers) !== null) return true
  return request.headers.has(requestHeader) && isFromDashboard(settings, request.headers)
}

/** The token of `Authorization: Bearer …`; whoever sends one is asked for nothing else. */
export function bearerToken(headers: Headers): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null
}
