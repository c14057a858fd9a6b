import { X509Certificate } from 'node:crypto'
import { type ErrorRecord, printable } from '@berth/domain'
import type { CertificateRecord } from '@berth/route'
import { certificateError } from '@berth/route/certificates/errors.ts'
import {
  certificateNames,
  covers,
  parseCertificate,
} from '@berth/route/certificates/parse-own-certificate.ts'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { frontChanged } from '../front-changed.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { iso } from '../views.ts'

export type CertificateView = {
  id: string
  source: 'acme' | 'own'
  /** The names that stand in it, or for which it is to be obtained. */
  hosts: string[]
  state: CertificateRecord['state'] | 'expired'
  issuer: string | null
  notBefore: string | null
  expiresAt: string | null
  error: Pick<ErrorRecord, 'code' | 'message' | 'hint'> | null
  /** When it is obtained, renewed or tried next; null: never by itself. */
  nextAt: string | null
}

export type CertificatesView = {
  /** Are they obtained by themselves? */
  auto: boolean
  /** Can they be, on this platform? */
  available: boolean
  certificates: CertificateView[]
}

const mostOwn = 20
const pem = z.string().min(1).max(64_000)

export const certificatesRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<CertificatesView> => {
    const [door, certificates] = await Promise.all([
      ctx.stores.doors.current(ctx.app.id),
      ctx.stores.certificates.list(ctx.app.id),
    ])
    const { acme, httpsPort } = ctx.settings
    const available = acme !== null && httpsPort !== null
    return { auto: door.autoCertificates, available, certificates: certificates.map(certificateView) }
  }),

  /** One of the app's own: the chain in PEM, its key in PEM. @throws CERTIFICATE.UNUSABLE, CERTIFICATE.TOO_MANY */
  add: appProcedure('app.domains.change')
    .input(appInput.extend({ certificate: pem, key: pem }))
    .mutation(async ({ ctx, input }): Promise<CertificateView> => {
      const parsed = parseCertificate(input)
      const names = certificateNames(parsed.chain)
      const hosts = await hostsOf(ctx, ctx.app)
      if (!hosts.some((host) => names.some((name) => covers(name, host)))) {
        const problem = `it is for ${names.slice(0, 5).map(printable).join(', ')}, and none of the app's domains is among them`
        throw certificateError['CERTIFICATE.UNUSABLE']({ problem })
      }
      const known = await ctx.stores.certificates.list(ctx.app.id)
      if (known.filter(({ source }) => source === 'own').length >= mostOwn)
        throw certificateError['CERTIFICATE.TOO_MANY']({ most: mostOwn })
      const added = await ctx.stores.certificates.add(ctx.app.id, parsed)
      ctx.change.after = { hosts: names, expiresAt: added.notAfter, fingerprint: fingerprintOf(parsed.chain) }
      await frontChanged(ctx, ctx.app.id)
      return certificateView(added)
    }),

  /** One of the app's own; an automatic one goes with its domain. @throws CERTIFICATE.NOT_FOUND */
  remove: appProcedure('app.domains.change')
    .input(appInput.extend({ id: z.string().min(4).max(100) }))
    .mutation(async ({ ctx, input }): Promise<{ id: string }> => {
      const own = (await ctx.stores.certificates.list(ctx.app.id)).filter(({ source }) => source === 'own')
      const [found, ...more] = own.filter(({ id }) => id.startsWith(input.id))
      if (found === undefined || more.length > 0) throw certificateError['CERTIFICATE.NOT_FOUND']()
      await ctx.stores.certificates.remove(found.id)
      ctx.change.before = { hosts: certificateView(found).hosts, expiresAt: found.notAfter }
      await frontChanged(ctx, ctx.app.id)
      return { id: found.id }
    }),

  /** Whether certificates are obtained for the app's domains by themselves. */
  auto: appProcedure('app.domains.change')
    .input(appInput.extend({ on: z.boolean() }))
    .mutation(async ({ ctx, input }): Promise<{ auto: boolean }> => {
      await ctx.stores.doors.change(ctx.app.id, (before) => {
        ctx.change.before = { auto: before.autoCertificates }
        return { ...before, autoCertificates: input.on }
      })
      ctx.change.after = { auto: input.on }
      await frontChanged(ctx, ctx.app.id)
      return { auto: input.on }
    }),
})

async function hostsOf(ctx: ApiContext, app: { id: string; name: string }): Promise<string[]> {
  const domains = await ctx.stores.domains.list(app.id)
  return [`${app.name}.${ctx.settings.baseDomain}`, ...domains.map(({ host }) => host)]
}

export function certificateView({
  id,
  source,
  host,
  state,
  chain,
  notBefore,
  notAfter,
  error,
  dueAt,
}: CertificateRecord): CertificateView {
  const hasExpired = notAfter !== null && notAfter.getTime() <= Date.now()
  return {
    ...{ id, source, notBefore: iso(notBefore), expiresAt: iso(notAfter) },
    hosts: host === null ? certificateNames(chain ?? '') : [host],
    state: hasExpired ? 'expired' : state,
    issuer: chain === null ? null : issuerOf(chain),
    error: error && { code: error.code, message: error.message, hint: error.hint },
    nextAt: source === 'own' ? null : iso(dueAt),
  }
}

/** `O=Let's Encrypt`, or else the common name. */
function issuerOf(chain: string): string {
  const words = new X509Certificate(chain).issuer.split('\n')
  const word = words.find((one) => one.startsWith('O=')) ?? words.find((one) => one.startsWith('CN=')) ?? ''
  return word.replace(/^[A-Z]+=/, '').slice(0, 100)
}

function fingerprintOf(chain: string): string {
  return new X509Certificate(chain).fingerprint256
}
