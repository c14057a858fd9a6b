import { readFile } from 'node:fs/promises'
import { Secret } from '@berth/command'
import type { Settings } from '@berth/domain'
import { readSecret } from '@berth/people'
import type { Authority } from '@berth/route'

/** Loaded by the first order only: most platforms ask for certificates once in two months. */
export async function openAuthority(
  settings: Settings,
  user: { uid: number; gid: number },
): Promise<Authority | null> {
  const { acme, nameServers } = settings
  if (acme === null) return null
  const authorities = acme.authorities === null ? null : await readFile(acme.authorities, 'utf8')
  const webhookSecret =
    acme.dnsWebhook === null ? null : new Secret(await readSecret(settings, 'dns-webhook'))
  return {
    async order(order) {
      const { openAcmeAuthority } = await import('@berth/route/drivers/acme-authority.ts')
      const given = { settings: acme, nameServers, authorities, webhookSecret, user }
      return await openAcmeAuthority(given).order(order)
    },
  }
}
