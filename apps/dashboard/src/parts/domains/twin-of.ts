import { dnsRecords } from '@berth/route/certificates/dns-records.ts'

/** `www.shop.example` for `shop.example` and the other way round: people type either. Null: the name has no twin. */
export function twinOf(host: string): string | null {
  if (host.startsWith('www.') && isTop(host.slice('www.'.length))) return host.slice('www.'.length)
  return isTop(host) ? `www.${host}` : null
}

function isTop(host: string): boolean {
  return host.includes('.') && dnsRecords(host, { name: null, addresses: [''] })[0].label === '@'
}

/** As it is typed, pasted with a scheme or a path perhaps. Whether it can be a domain is the API's to say. */
export function typedHost(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/\.$/, '')
}

export function looksLikeHost(host: string): boolean {
  return /^(?:\*\.)?[^\s.@*]+(?:\.[^\s.@*]+)+$/.test(host)
}
