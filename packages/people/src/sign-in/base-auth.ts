import { isBerthError, type Person, type Settings } from '@berth/domain'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import type { BetterAuthPlugin } from 'better-auth/types'
import { z } from 'zod'
import { passwordLength } from '../account-form.ts'
import type { PeopleStore } from '../stores.ts'
import type { SendText } from '../teams/invitations.ts'
import { addressOf } from './address-of.ts'
import type { GuessLimit } from './limit-guessing.ts'
import { confirmChangeMail, verifyMail } from './mails.ts'
import { dashboardOrigins } from './origins.ts'
import type { SignOnProvider } from './sign-on.ts'
import { type AuditPen, accountEntry, signInMethods } from './tell-sign-ins.ts'

export const basePath = '/api/auth'
const day = 24 * 60 * 60
const hour = 60 * 60

export type BaseOptions = {
  settings: Settings
  secret: string
  prisma: object
  baseURL: string
  people: PeopleStore
  limit: GuessLimit
  audit: AuditPen
  sendText: SendText
  /** Null: a new password cannot be asked for by mail. */
  sendReset: ((email: string, link: string) => Promise<void>) | null
  /** The instance of this provider; `refusal`: why its word does not count for somebody. */
  provider?: SignOnProvider
  refusal?: (who: { email: string; isVerified: boolean }) => string | null
}

/** What all instances of better-auth have in common (auth.ts says why there are several). */
export function baseAuth<Plugins extends BetterAuthPlugin[]>(options: BaseOptions, plugins: [...Plugins]) {
  const { secret, prisma, baseURL } = options
  return betterAuth({
    appName: 'Berth',
    baseURL,
    basePath,
    secret,
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    trustedOrigins: [...originsAt(options)],
    emailAndPassword: passwords(options),
    emailVerification: addressProof(options),
    user: {
      changeEmail: addressChange(options),
      validateUserInfo: ({ user, source }) => judge(options, user.email, source.oauth?.profile),
    },
    account: {
      accountLinking: { enabled: true, trustedProviders: [], allowDifferentEmails: false },
    },
    session: {
      expiresIn: 30 * day,
      updateAge: day,
      additionalFields: { method: { type: 'string', required: false, input: false } },
    },
    // One-time values (a new password, a sign-on under way) are kept as hashes.
    verification: { storeIdentifier: 'hashed' },
    databaseHooks: {
      session: { create: { before: noteMethod } },
      account: { create: { before: withoutTokens }, update: { before: withoutTokens } },
      user: { create: { after: (user) => joinTeam(options, user.id) } },
    },
    // Guessing is limited by account and by address in the hooks below; this bounds everything else.
    rateLimit: {
      enabled: true,
      window: 10,
      max: 200,
      customRules: {
        '/sign-in/email': { window: 10, max: 100 },
        '/sign-in/social': { window: 10, max: 30 },
        '/request-password-reset': { window: 10, max: 30 },
        // Codes are limited by the account, and by the sign-in that they belong to.
        '/two-factor/*': { window: 10, max: 60 },
      },
    },
    advanced: {
      cookiePrefix: 'berth',
      useSecureCookies: baseURL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: 'uuid' },
      // Set, not added to, by the front door.
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
      // A mail is sent behind the answer: how long it takes would tell whether there is such an account.
      backgroundTasks: { handler: (task) => void task.catch((error) => console.error('mail:', error)) },
    },
    hooks: hooks(options),
    onAPIError: { errorURL: `${baseURL}/sign-in` },
    plugins,
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
}

/** Those of the scheme that this instance is for. */
export function originsAt({ settings, baseURL }: Pick<BaseOptions, 'settings' | 'baseURL'>) {
  const scheme = new URL(baseURL).protocol.slice(0, -1)
  return dashboardOrigins(settings, new Headers({ 'x-forwarded-proto': scheme }))
}

/** A new password ends every session of the account, and every other link to set one. */
function passwords({ sendReset, people, audit, baseURL }: BaseOptions) {
  const sendResetPassword =
    sendReset &&
    (({ user, token }: { user: Person; token: string }) =>
      sendReset(user.email, `${baseURL}/reset-password?token=${token}`))
  return {
    enabled: true,
    disableSignUp: true,
    minPasswordLength: passwordLength.min,
    maxPasswordLength: passwordLength.max,
    resetPasswordTokenExpiresIn: hour,
    revokeSessionsOnPasswordReset: true,
    sendResetPassword: sendResetPassword ?? undefined,
    onPasswordReset: async ({ user }: { user: Person }, request?: Request) => {
      await people.forgetOneTimeValues(user.id)
      await audit.add(accountEntry(user, 'account.password.reset', request?.headers), { outcome: 'done' })
    },
  }
}

/** An address changes when both have agreed: the former one, where it is known to be the person's, and the new one. */
function addressChange({ sendText }: BaseOptions) {
  if (sendText === null) return { enabled: false }
  return {
    enabled: true,
    sendChangeEmailConfirmation: async (asked: { user: Person; newEmail: string; url: string }) => {
      await sendText(confirmChangeMail(asked.user.email, asked.newEmail, asked.url))
    },
  }
}

function addressProof({ sendText, audit }: BaseOptions) {
  if (sendText === null) return {}
  return {
    expiresIn: hour,
    afterEmailVerification: async (user: Person, request?: Request) => {
      const entry = accountEntry(user, 'account.email.change', request?.headers)
      await audit.add(entry, { outcome: 'done', after: { email: user.email } })
    },
    sendVerificationEmail: async ({ user, url }: { user: Person; url: string }) => {
      await sendText(verifyMail(user.email, url))
    },
  }
}

/** Whom a provider names, at every sign-in; an instance without one makes and links nobody. */
function judge({ refusal }: BaseOptions, email: string | null | undefined, profile: unknown) {
  if (!refusal) return { error: 'no_provider' }
  const told = z.object({ email_verified: z.unknown() }).safeParse(profile)
  const isVerified = told.success && [true, 'true'].includes(told.data.email_verified as boolean | string)
  const error = refusal({ email: email ?? '', isVerified })
  return error === null ? undefined : { error }
}

/** Whoever a provider makes an account for joins its team, or the platform's first. */
async function joinTeam({ provider, people }: BaseOptions, personId: string): Promise<void> {
  if (!provider?.newMemberRole) return
  const teamId = provider.teamId ?? (await people.teams())[0]?.id
  if (teamId !== undefined) await people.setMember(teamId, personId, provider.newMemberRole)
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

/** A provider's tokens are of no use here, so nobody can steal them here. */
async function withoutTokens<Made extends object>(account: Made): Promise<{ data: Made }> {
  const none = { accessToken: null, refreshToken: null, idToken: null }
  const given = Object.keys(account).filter((name) => name in none)
  return { data: { ...account, ...Object.fromEntries(given.map((name) => [name, null])) } }
}

type HookContext = {
  path?: string
  body?: unknown
  headers?: Headers
  context: { newSession?: { user: Person & { twoFactorEnabled?: unknown } } | null; returned?: unknown }
}

function hooks(options: BaseOptions) {
  const { limit } = options
  return {
    before: createAuthMiddleware(async (context) => {
      const { path } = context
      if (path === '/sign-in/email') await orTooMany(limit.password(guesserOf(context, 'email')))
      if (path === '/request-password-reset') await orTooMany(limit.mail(guesserOf(context, 'email')))
      if (path === '/change-email') await orTooMany(limit.mail(guesserOf(context, 'newEmail')))
    }),
    after: createAuthMiddleware(async (context) => {
      if (context.path === '/sign-in/email' && context.context.newSession)
        await limit.rightPassword(guesserOf(context, 'email'))
      await tellSignIn(options, context as HookContext)
    }),
  }
}

async function orTooMany(counted: Promise<void>): Promise<void> {
  try {
    await counted
  } catch (error) {
    if (!isBerthError(error, 'PEOPLE.TOO_MANY_ATTEMPTS')) throw error
    const seconds = /in (\d+) s/.exec(error.message)?.[1] ?? '60'
    const { code, message } = error
    throw new APIError('TOO_MANY_REQUESTS', { code, message }, { 'Retry-After': seconds })
  }
}

function guesserOf({ body, headers }: { body?: unknown; headers?: Headers }, field: 'email' | 'newEmail') {
  const given = (body as Record<string, unknown> | undefined)?.[field]
  const account = typeof given === 'string' ? given.trim().toLowerCase().slice(0, 254) : ''
  return { account, address: addressOf(headers) ?? 'this machine' }
}

/**
 * Into the audit log of whoever's account it is. A wrong password for an account that is not there is nobody's; for one
 * that is, nothing waits for the log, so that the answer takes no longer.
 */
async function tellSignIn(options: BaseOptions, context: HookContext): Promise<void> {
  const method = signInMethods[context.path ?? '']
  if (method === undefined) return
  const { newSession, returned } = context.context
  if (newSession) {
    const asksCode = context.path === '/sign-in/email' && newSession.user.twoFactorEnabled === true
    const action = asksCode ? 'sign in, first step' : 'sign in'
    const entry = accountEntry(newSession.user, action, context.headers)
    await options.audit.add(entry, { outcome: 'done', after: { method } })
  } else if (context.path === '/sign-in/email' && returned instanceof APIError) {
    void tellWrongPassword(options, context).catch((error) => console.error('audit log:', error))
  }
}

async function tellWrongPassword({ audit, people }: BaseOptions, context: HookContext): Promise<void> {
  const person = await people.personByEmail(guesserOf(context, 'email').account)
  if (person === null) return
  const entry = { ...accountEntry(person, 'sign in', context.headers), who: `somebody, as ${person.email}` }
  await audit.add(entry, { outcome: 'refused', after: { method: 'password' } })
}
