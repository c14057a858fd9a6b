import { createHmac, randomUUID } from 'node:crypto'

/**
 * Whoever makes DNS records at the provider, called over HTTP: `POST` with JSON,
 *
 *     {"id": "…", "action": "present" | "cleanup", "host": "example.com", "name": "_acme-challenge.example.com", "type": "TXT", "value": "…", "ttl": 60}
 *
 * and answered with 2xx once the record is made, or gone. Both may come twice, and several values of one name may be wanted
 * at once. `Berth-Signature: t=SECONDS,v1=HEX` is HMAC-SHA256 over `SECONDS.BODY` with `secrets/dns-webhook` as the key.
 */
export type DnsRecord = { host: string; name: string; value: string }

const timeoutMs = 120_000

export async function callDnsWebhook(
  webhook: { url: string; secret: string },
  action: 'present' | 'cleanup',
  record: DnsRecord,
): Promise<void> {
  const body = JSON.stringify({ id: randomUUID(), action, ...record, type: 'TXT', ttl: 60 })
  const response = await fetch(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'berth-signature': dnsSignature(webhook.secret, body) },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered ${action} with status ${response.status}`)
}

export function dnsSignature(secret: string, body: string, seconds = Math.floor(Date.now() / 1_000)): string {
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${hex}`
}

/** RFC 8555, 8.4. A wildcard is proved at the name that it stands for. */
export function challengeName(host: string): string {
  return `_acme-challenge.${host.replace(/^\*\./, '')}`
}
