import type { ConfigurationOptions } from './haproxy-configuration.ts'
import { challengeBackend, redirectBackend, secureBackend } from './haproxy-maps.ts'
import { section, silent } from './haproxy-words.ts'

/** Backends that answer by sending elsewhere, or with a challenge. Only the maps lead there. */

const host = 'req.hdr(host),host_only,lower,rtrim(.)'

/** 308 keeps the method and the body; a browser remembers it for as long as it likes. */
export function redirectSections({ httpPort, tls }: ConfigurationOptions): string[] {
  const plainPort = httpPort === 80 ? '' : `:${httpPort}`
  const to = (url: string) => [silent, `http-request redirect code 308 location ${url}%[pathq]`]
  const plain = section(
    `backend ${redirectBackend.http}`,
    to(`http://%[${host},map_str(redirects.map)]${plainPort}`),
  )
  if (tls === null) return [plain]
  const port = tls.port === 443 ? '' : `:${tls.port}`
  return [
    plain,
    section(`backend ${redirectBackend.https}`, to(`https://%[${host},map_str(redirects.map)]${port}`)),
    section(`backend ${secureBackend}`, to(`https://%[${host}]${port}`)),
  ]
}

/** `/.well-known/acme-challenge/TOKEN`: a token's answer counts for whichever host asks, and nobody guesses a token. */
export function challengeSection(): string {
  const found = 'path,field(4,/),map_str(challenges.map)'
  return section(`backend ${challengeBackend}`, [
    silent,
    `http-request return status 200 content-type text/plain lf-string "%[${found}]" hdr Cache-Control no-store if { ${found} -m found }`,
    'http-request return status 404 content-type text/plain string "No such challenge."',
  ])
}
