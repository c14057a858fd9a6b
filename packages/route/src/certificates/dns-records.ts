import { isPublicSuffix } from './is-public-suffix.ts'

/** `label`: what providers ask for that add the zone themselves; `@` is the zone's own name. */
export type DnsRecord = { type: 'A' | 'AAAA' | 'CNAME'; name: string; label: string; value: string }

/** `name`: one that leads here, for others to be aliases of; null: there is none. At least one address. */
export type FrontTarget = { name: string | null; addresses: readonly string[] }

/**
 * What would lead a domain here: all of these records. A name below another can be an alias of one that leads here, and so can
 * a wildcard; the top of a zone takes addresses (RFC 1034, 3.6.2). Shown by pages too, so nothing of Node is imported here.
 */
export function dnsRecords(host: string, target: FrontTarget): [DnsRecord, ...DnsRecord[]] {
  const place = { name: host, label: labelOf(host) }
  if (place.label !== '@' && target.name !== null) return [{ type: 'CNAME', ...place, value: target.name }]
  const [first = '', ...others] = target.addresses
  const record = (value: string): DnsRecord => ({ type: value.includes(':') ? 'AAAA' : 'A', ...place, value })
  return [record(first), ...others.map(record)]
}

/** The zone is taken to be what one can register: two labels, or three below `co.uk` and its like. */
function labelOf(host: string): string {
  const labels = host.split('.')
  const ofZone = isPublicSuffix(labels.slice(-2)) ? 3 : 2
  return labels.slice(0, -ofZone).join('.') || '@'
}
