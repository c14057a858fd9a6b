import { dashboardHost, frontDoorUrl, type Settings } from '@berth/domain'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthEndpoint, createAuthMiddleware } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { betterAuth } from 'better-auth/minimal'
import { z } from 'zod'
import { passwordLength } from '../account-form.ts'
import { peopleError } from '../errors.ts'
import { Attempts } from './attempts.ts'
import { dashboardOrigins, isFromDashboard } from './origins.ts'

/**
 * better-auth keeps passwords and sessions. Accounts are not made here: nobody registers, an account comes from a
 * one-time link or from the machine. Of better-auth's endpoints only those in `openPaths` are reachable.
 */
const openPaths = new Set([
  '/sign-in/email',
  '/sign-out',
  '/get-session',
  '/change-password',
  '/list-sessions',
  '/revoke-session',
  '/revoke-other-sessions',
])

const basePath = '/api/auth'
const day = 24 * 60 * 60

export type AuthOptions = { settings: Settings; secret: string; prisma: object }

export type Auth = ReturnType<typeof openAuth>

export function openAuth({ settings, secret, prisma }: AuthOptions) {
  const baseURL = frontDoorUrl(settings, dashboardHost(settings))
  const auth = betterAuth({
    appName: 'Berth',
    baseURL,
    basePath,
    secret,
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    trustedOrigins: [...dashboardOrigins(settings)],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    session: {
      expiresIn: 30 * day,
      updateAge: day,
      additionalFields: { method: { type: 'string', required: false, input: false } },
    },
    databaseHooks: { session: { create: { before: noteMethod } } },
    // Guessing is limited below, by account and by address; this bounds everything else.
    rateLimit: {
      enabled: true,
      window: 10,
      max: 200,
      customRules: { '/sign-in/email': { window: 10, max: 100 } },
    },
    advanced: {
      cookiePrefix: 'berth',
      useSecureCookies: baseURL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: 'uuid' },
      // Set, not added to, by the front door.
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    hooks: limitGuessing(),
    plugins: [beginSession],
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  return { api: auth.api, handler: (request: Request) => answer(request, settings, auth.handler) }
}

/** How a session was begun is kept with it: teams may ask for more than a password. One that goes on keeps its own. */
async function noteMethod<Made extends object>(
  session: Made,
  context: { path?: string; params?: unknown } | null,
): Promise<{ data: Made }> {
  if ('method' in session && typeof session.method === 'string') return { data: session }
  return { data: { ...session, method: methodOf(context?.path ?? '', context?.params) } }
}

function methodOf(path: string, params: unknown): string | null {
  if (path === '/sign-in/email' || path.startsWith('/two-factor/')) return 'password'
  if (path.startsWith('/passkey/')) return 'passkey'
  if (path === '/callback/:id') return (params as { id?: string } | undefined)?.id ?? null
  return null
}

/** better-auth checks the origin as well, but not everywhere and not in every environment. */
async function answer(
  request: Request,
  settings: Settings,
  handler: (request: Request) => Promise<Response>,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  const isOpen = pathname.startsWith(`${basePath}/`) && openPaths.has(pathname.slice(basePath.length))
  if (!isOpen) return Response.json({ message: 'Not found' }, { status: 404 })
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && !isFromDashboard(settings, request.headers)) {
    return Response.json({ message: 'Not from the dashboard' }, { status: 403 })
  }
  return await handler(request)
}

/** A session for a person whom something other than a password has proved. Not reachable over HTTP. */
const beginSession = {
  id: 'begin-session',
  endpoints: {
    beginSession: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ personId: z.string(), method: z.enum(['link', 'invitation']) }) },
      async (context) => {
        const { internalAdapter } = context.context
        const user = await internalAdapter.findUserById(context.body.personId)
        if (user === null) throw new APIError('NOT_FOUND')
        const { method } = context.body
        const session = await internalAdapter.createSession(user.id, false, { method })
        await setSessionCookie(context, { session, user })
        return { personId: user.id }
      },
    ),
  },
}

const quarterHourMs = 15 * 60_000

/** An account from one address, one address, and an account from anywhere; the last one is what a botnet meets. */
function limitGuessing() {
  const byBoth = new Attempts({ limit: 10, windowMs: quarterHourMs })
  const byAddress = new Attempts({ limit: 50, windowMs: quarterHourMs })
  const byAccount = new Attempts({ limit: 200, windowMs: quarterHourMs })
  return {
    before: createAuthMiddleware(async (context) => {
      if (context.path !== '/sign-in/email') return
      const { account, address } = guesser(context)
      const waitMs = Math.max(
        byBoth.add(`${account} ${address}`),
        byAddress.add(address),
        byAccount.add(account),
      )
      if (waitMs === 0) return
      const retryAfterSeconds = Math.ceil(waitMs / 1000)
      const { code, message } = peopleError['PEOPLE.TOO_MANY_ATTEMPTS']({ retryAfterSeconds })
      throw new APIError('TOO_MANY_REQUESTS', { code, message }, { 'Retry-After': String(retryAfterSeconds) })
    }),
    after: createAuthMiddleware(async (context) => {
      if (context.path !== '/sign-in/email' || !context.context.newSession) return
      const { account, address } = guesser(context)
      byBoth.forget(`${account} ${address}`)
      byAddress.forget(address)
    }),
  }
}

function guesser({ body, headers }: { body?: unknown; headers?: Headers }) {
  const { email } = (body ?? {}) as { email?: unknown }
  const account = typeof email === 'string' ? email.trim().toLowerCase().slice(0, 254) : ''
  const address = headers?.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'this machine'
  return { account, address }
}
