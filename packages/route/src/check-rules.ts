import { customPages, type RouteRules } from './route-rules.ts'

/** A page is a file that HAProxy holds in one buffer, with its headers. */
export const pageBytes = 12_000
const yearSeconds = 365 * 24 * 60 * 60

/** What of a route's rules may not reach the configuration, in words; null: nothing. */
export function checkRules({ hsts, users, maxBodyBytes, timeoutSeconds, pages }: RouteRules): string | null {
  if (hsts && !isWithin(hsts.maxAgeSeconds, 0, 10 * yearSeconds))
    return 'its HSTS age is no number of seconds'
  if (users && !isBase64.test(users.key)) return 'its key is not in base64'
  if (users?.verifiers.some((verifier) => !isVerifier.test(verifier))) return 'a verifier is not one'
  if (!isWithin(maxBodyBytes ?? 0, 0, Number.MAX_SAFE_INTEGER)) return 'its size limit is no number of bytes'
  if (!isWithin(timeoutSeconds ?? 1, 1, 3_600)) return 'its time limit is not 1 to 3600 seconds'
  for (const [name, text] of Object.entries(pages ?? {})) {
    if (!customPages.some((page) => page === name)) return 'a page is for no status that can be had'
    if (Buffer.byteLength(text) > pageBytes) return `a page has more than ${pageBytes} bytes`
  }
  return null
}

const isBase64 = /^[A-Za-z0-9+/]{43}=$/
const isVerifier = /^[0-9A-F]{64}$/

function isWithin(number: number, least: number, most: number): boolean {
  return Number.isInteger(number) && number >= least && number <= most
}
