import { dashboardHost, type Person, type Settings } from '@berth/domain'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { z } from 'zod'
import type { PeopleStore } from '../stores.ts'
import type { SendText } from '../teams/invitations.ts'
import type { AttemptStore } from './attempt-store.ts'
import { type BaseOptions, baseAuth, basePath, originsAt } from './base-auth.ts'
import { limitGuessing } from './limit-guessing.ts'
import { resetMail } from './mails.ts'
import { type AuthPath, changes, openPath } from './open-paths.ts'
import { openProviders } from './open-providers.ts'
import { addressAsked, isFromDashboard } from './origins.ts'
import type { SignOn } from './sign-on.ts'
import { type AuditPen, accountEntry } from './tell-sign-ins.ts'

/**
 * better-auth keeps passwords, second factors, passkeys and sessions. Accounts are not made here: nobody registers, an
 * account comes from a one-time link, an invitation, the machine, or a sign-on provider that may make some. Of its
 * endpoints only those in open-paths.ts are reachable.
 *
 * There are several instances over the same tables and the same secret: the plain one, which every request needs; one for
 * passkeys, whose library is large; and one for each sign-on provider, which calls that provider when it is opened, and
 * must hold nobody else up.
 */
export type AuthOptions = {
  settings: Settings
  secret: string
  prisma: object
  people: PeopleStore
  attempts: AttemptStore
  audit: AuditPen
  signOn: Pick<SignOn, 'open'>
  sendText: SendText
  /** In place of a mail: the link to a new password is for whoever is at the machine. */
  sendReset?: (email: string, link: string) => Promise<void>
}

export type Auth = ReturnType<typeof openAuth>

type Handler = (request: Request) => Promise<Response>

export function openAuth(options: AuthOptions) {
  const { settings } = options
  const opened = new Map<string, ReturnType<typeof openAt>>()
  /** One for each scheme that the dashboard is reached by: cookies, origins and links follow it. */
  const at = (headers: Headers) => {
    const address = addressAsked(settings, headers)
    const door = opened.get(address) ?? openAt(options, address)
    opened.set(address, door)
    return door
  }
  return {
    at: (headers: Headers) => at(headers).plain.api,
    handler: async (request: Request): Promise<Response> => {
      const { plain, handlerFor } = at(request.headers)
      const asked = openPath(new URL(request.url).pathname, basePath)
      const handler = asked && (await handlerFor(request, asked))
      if (asked === null || handler === null) return Response.json({ message: 'Not found' }, { status: 404 })
      if (isRefused(settings, request)) {
        return Response.json({ message: 'Not from the dashboard' }, { status: 403 })
      }
      const action = changes[asked.path]
      if (action === undefined) return await handler(request)
      const session = await plain.api.getSession({ headers: request.headers })
      return await recorded(options.audit, { request, action, person: session?.user ?? null }, handler)
    },
  }
}

function openAt(options: AuthOptions, baseURL: string) {
  const { settings, sendText } = options
  const byMail = sendText && (async (to: string, link: string) => void (await sendText(resetMail(to, link))))
  const base: BaseOptions = {
    ...options,
    baseURL,
    limit: limitGuessing(options.attempts, options.people),
    sendReset: options.sendReset ?? byMail,
  }
  const plain = baseAuth(base, [beginSession, secondFactor()])
  const passkeys = onFirstUse(async () => {
    const { passkeyPlugin } = await import('./passkey-plugin.ts')
    const plugin = passkeyPlugin({ host: dashboardHost(settings), origins: originsAt(base) })
    return baseAuth(base, [plugin]).handler
  })
  const providers = openProviders(base, options.signOn)
  const handlerFor = async (request: Request, { path, providerId }: AuthPath): Promise<Handler | null> => {
    if (path.startsWith('/passkey/')) return await passkeys()
    if (path !== '/sign-in/social' && providerId === null) return plain.handler
    return await providers(providerId ?? (await providerAskedFor(request)))
  }
  return { plain, handlerFor }
}

/** better-auth checks the origin as well, but not everywhere and not in every environment. */
function isRefused(settings: Settings, request: Request): boolean {
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  return !isReading && !isFromDashboard(settings, request.headers)
}

async function providerAskedFor(request: Request): Promise<string> {
  const body = z.object({ provider: z.string() }).safeParse(
    await request
      .clone()
      .json()
      .catch(() => null), // What is no JSON asks for no provider.
  )
  return body.success ? body.data.provider : ''
}

/**
 * Written down before it is done, as every change. What comes by a link, from somebody who is not signed in, is written down
 * by the hooks of base-auth.ts when it has turned out whose it was: guesses at links would fill the log.
 */
async function recorded(
  audit: AuditPen,
  { request, action, person }: { request: Request; action: string; person: Person | null },
  handler: Handler,
): Promise<Response> {
  if (person === null) return await handler(request)
  const id = await audit.begin(accountEntry(person, action, request.headers))
  const response = await handler(request)
  const outcome = response.status < 400 ? 'done' : response.status < 500 ? 'refused' : 'failed'
  // What was done stays done; the entry stays `begun` then.
  await audit
    .end(id, { outcome, error: outcome === 'done' ? null : `HTTP ${response.status}` })
    .catch((error) => console.error('audit log, ending an entry:', error))
  return response
}

/** Codes from an authenticator, with recovery codes; asked for behind the password alone. */
function secondFactor() {
  return twoFactor({
    issuer: 'Berth',
    allowPasswordless: true,
    // Whoever is stopped by this knows the password already: nobody else is locked out by a stranger.
    accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 15 * 60 },
  })
}

/** A session for a person whom something other than a password has proved. Not reachable over HTTP. */
const beginSession = {
  id: 'begin-session' as const,
  endpoints: {
    beginSession: createAuthEndpoint.serverOnly(
      {
        method: 'POST',
        body: z.object({ personId: z.string(), method: z.enum(['link', 'invitation']) }),
      },
      async (context) => {
        const { internalAdapter } = context.context
        const { personId, method } = context.body
        const user = await internalAdapter.findUserById(personId)
        if (user === null) throw new APIError('NOT_FOUND')
        const session = await internalAdapter.createSession(user.id, false, { method })
        await setSessionCookie(context, { session, user })
        return { personId: user.id }
      },
    ),
  },
}

function onFirstUse<Opened>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opened: Promise<Opened> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}
