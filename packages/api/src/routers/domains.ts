import type { App, Domain } from '@berth/domain'
import type { DomainLead, FrontAddress } from '@berth/observe'
import type { CertificateRecord } from '@berth/route'
import { certificateError } from '@berth/route/certificates/errors.ts'
import { parseDomain } from '@berth/route/certificates/parse-domain.ts'
import { certificateNames, covers } from '@berth/route/certificates/parse-own-certificate.ts'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { domainTaken } from '../domain-taken.ts'
import { frontChanged } from '../front-changed.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { iso } from '../views.ts'

export type DomainView = {
  host: string
  /** The one that every app has, `NAME.BASE`. */
  isDefault: boolean
  redirectTo: string | null
  /** When it was last seen to lead here. */
  verifiedAt: string | null
  /** What is shown for it over TLS; null: nothing that a browser trusts. */
  certificate: { source: 'acme' | 'own'; expiresAt: string } | null
  /** Why there is none yet, or no newer one. */
  problem: string | null
}

const mostOfAnApp = 100
const given = z.string().min(1).max(300)

export const domainsRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<DomainView[]> => {
    const [domains, certificates] = await Promise.all([
      ctx.stores.domains.list(ctx.app.id),
      ctx.stores.certificates.all(),
    ])
    const own = certificates.filter(({ appId }) => appId === null || appId === ctx.app.id)
    const isDefault = { host: defaultHost(ctx), redirectTo: null, verifiedAt: null }
    return [view(isDefault, own, true), ...domains.map((domain) => view(domain, own, false))]
  }),

  /** Several at once are all added, or none. @throws DOMAIN.INVALID, .RESERVED, .TAKEN, .TOO_MANY, .NO_TARGET */
  add: appProcedure('app.domains.change')
    .input(
      appInput.extend({ hosts: z.array(given).min(1).max(20), redirectTo: given.nullable().default(null) }),
    )
    .mutation(async ({ ctx, input }): Promise<{ hosts: string[]; redirectTo: string | null }> => {
      const known = await ctx.stores.domains.list(ctx.app.id)
      const hosts = [...new Set(input.hosts.map((host) => parseDomain(host, ctx.settings)))]
      const redirectTo = input.redirectTo === null ? null : targetOf(ctx, known, input.redirectTo, hosts)
      if (known.length + hosts.length > mostOfAnApp)
        throw certificateError['DOMAIN.TOO_MANY']({ most: mostOfAnApp })
      for (const host of hosts) await assertFree(ctx, ctx.app, host)
      await addAll(ctx, ctx.app.id, hosts, redirectTo)
      ctx.change.after = { hosts, ...(redirectTo && { redirectTo }) }
      await frontChanged(ctx, ctx.app.id)
      return { hosts, redirectTo }
    }),

  /** @throws DOMAIN.NOT_FOUND, DOMAIN.IN_USE */
  remove: appProcedure('app.domains.change')
    .input(appInput.extend({ host: given }))
    .mutation(async ({ ctx, input }): Promise<{ host: string }> => {
      const { host } = await ownDomain(ctx, ctx.app.id, input.host)
      const domains = await ctx.stores.domains.list(ctx.app.id)
      const sender = domains.find(({ redirectTo }) => redirectTo === host)
      if (sender) throw certificateError['DOMAIN.IN_USE']({ host, by: sender.host })
      if (!(await ctx.stores.domains.remove(ctx.app.id, host)))
        throw certificateError['DOMAIN.NOT_FOUND']({ host })
      ctx.change.before = { hosts: [host] }
      await frontChanged(ctx, ctx.app.id)
      return { host }
    }),

  /** `to` null: the host answers itself. @throws DOMAIN.NOT_FOUND, DOMAIN.NO_TARGET, DOMAIN.IN_USE */
  redirect: appProcedure('app.domains.change')
    .input(appInput.extend({ host: given, to: given.nullable() }))
    .mutation(async ({ ctx, input }): Promise<{ host: string; redirectTo: string | null }> => {
      const { host, redirectTo: before } = await ownDomain(ctx, ctx.app.id, input.host)
      const domains = await ctx.stores.domains.list(ctx.app.id)
      const redirectTo = input.to === null ? null : targetOf(ctx, domains, input.to, [host])
      const sender = domains.find((domain) => domain.redirectTo === host)
      if (redirectTo !== null && sender) throw certificateError['DOMAIN.IN_USE']({ host, by: sender.host })
      ctx.change.before = { host, redirectTo: before }
      ctx.change.after = { host, redirectTo }
      await ctx.stores.domains.redirect(ctx.app.id, host, redirectTo)
      await frontChanged(ctx, ctx.app.id)
      return { host, redirectTo }
    }),

  /** What a name's records have to say. @throws LIVE.UNAVAILABLE */
  target: appProcedure('app.view').query(({ ctx }): Promise<FrontAddress> => ctx.live.frontAddress()),

  /** Looks the name up, and asks what answers there. @throws DOMAIN.NOT_FOUND, LIVE.UNAVAILABLE */
  verify: appProcedure('app.domains.change')
    .input(appInput.extend({ host: given }))
    .query(async ({ ctx, input }): Promise<DomainLead> => {
      const { host } = await ownDomain(ctx, ctx.app.id, input.host)
      return await ctx.live.verifyDomain(ctx.app.id, host)
    }),
})

type OfApp = ApiContext & { app: App }

function defaultHost({ app, settings }: OfApp): string {
  return `${app.name}.${settings.baseDomain}`
}

function view(
  { host, redirectTo, verifiedAt }: Pick<Domain, 'host' | 'redirectTo' | 'verifiedAt'>,
  certificates: readonly CertificateRecord[],
  isDefault: boolean,
): DomainView {
  const now = Date.now()
  const covering = certificates.filter(
    ({ chain, notAfter }) =>
      chain !== null &&
      (notAfter?.getTime() ?? 0) > now &&
      certificateNames(chain).some((name) => covers(name, host)),
  )
  const shown = covering.find(({ source }) => source === 'own') ?? covering[0]
  const expiresAt = iso(shown?.notAfter ?? null)
  return {
    ...{ host, isDefault, redirectTo, verifiedAt: iso(verifiedAt) },
    certificate: shown && expiresAt !== null ? { source: shown.source, expiresAt } : null,
    problem: certificates.find((one) => one.host === host)?.error?.message ?? null,
  }
}

/** One of the app's own, or the default one, which answers itself. */
function targetOf(ctx: OfApp, known: readonly Domain[], wanted: string, hosts: readonly string[]): string {
  const to =
    wanted.trim().toLowerCase() === defaultHost(ctx) ? defaultHost(ctx) : parseDomain(wanted, ctx.settings)
  const answers = known.some((domain) => domain.host === to && domain.redirectTo === null)
  if ((!answers && to !== defaultHost(ctx)) || to.startsWith('*.') || hosts.includes(to))
    throw certificateError['DOMAIN.NO_TARGET']({ to })
  return to
}

/**
 * Not another app's, and none of a wildcard of another team's, nor a wildcard over one: their visitors would come here. Whose
 * it is, is not told. @throws DOMAIN.TAKEN
 */
async function assertFree(ctx: ApiContext, app: App, host: string): Promise<void> {
  const touching = (await ctx.stores.domains.all()).filter(
    (other) => other.host === host || covers(other.host, host) || covers(host, other.host),
  )
  for (const other of touching) {
    const owner = await ctx.stores.apps.get(other.appId)
    if (other.host === host || owner?.teamId !== app.teamId) throw domainTaken(host)
  }
}

async function addAll(
  ctx: ApiContext,
  appId: string,
  hosts: readonly string[],
  redirectTo: string | null,
): Promise<void> {
  const added: string[] = []
  try {
    for (const host of hosts) {
      await ctx.stores.domains.add(appId, host, redirectTo)
      added.push(host)
    }
  } catch (error) {
    for (const host of added) await ctx.stores.domains.remove(appId, host)
    throw error
  }
}

async function ownDomain(ctx: ApiContext, appId: string, wanted: string): Promise<Domain> {
  const domains = await ctx.stores.domains.list(appId)
  const host = parseDomain(wanted, ctx.settings)
  const found = domains.find((domain) => domain.host === host)
  if (found === undefined) throw certificateError['DOMAIN.NOT_FOUND']({ host: wanted })
  return found
}
