import { z } from 'zod'
import type { Credentials } from '../engine.ts'
import type { Challenge } from './challenge.ts'
import { registryError } from './errors.ts'
import { parseJson, readBody } from './read-body.ts'
import type { Outgoing, Sender } from './send-request.ts'

/**
 * Asks the place that a registry names for a token: by GET, with the credentials as basic authentication; with an
 * identity token (user `<token>`), or where GET is not allowed, by POST. The answer is bounded; no redirect is followed.
 * Source: distribution's specifications "token" and "oauth2".
 */
export type TokenRequest = {
  /** For messages. */
  registry: string
  challenge: Extract<Challenge, { scheme: 'bearer' }>
  scopes: readonly string[]
  credentials: Credentials | null
  addresses: Outgoing['addresses']
  signal?: AbortSignal
}

const answerSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })
const limitBytes = 256 * 1024
const identityUser = '<token>'

/** `realm` is an address that was found fit already. */
export async function fetchToken(sender: Sender, realm: URL, request: TokenRequest): Promise<string> {
  const { credentials } = request
  const first = credentials?.username === identityUser ? byPost(realm, request) : byGet(realm, request)
  const answer = await ask(sender, realm, request, first)
  if (answer.status === 405 && credentials !== null) {
    return tokenIn(request, await ask(sender, realm, request, byPost(realm, request)))
  }
  return tokenIn(request, answer)
}

async function ask(sender: Sender, realm: URL, request: TokenRequest, outgoing: Asking) {
  const { signal, registry, addresses } = request
  const response = await sender.send({ ...outgoing, addresses, ...(signal ? { signal } : {}) })
  const body = await readBody(response, {
    what: 'a token',
    host: realm.host,
    limitBytes,
    limits: sender.limits,
  })
  return { status: response.statusCode ?? 0, body, registry }
}

function tokenIn(
  { registry, scopes }: TokenRequest,
  { status, body }: { status: number; body: Buffer },
): string {
  if (status === 401 || status === 403 || status === 400) {
    throw registryError['REGISTRY.DENIED']({ registry, reference: scopes.join(' ') })
  }
  if (status === 429) throw registryError['REGISTRY.LIMITED']({ registry })
  if (status !== 200)
    throw registryError['REGISTRY.FAILED']({ registry, reason: `asked for a token, it answers ${status}` })
  const parsed = answerSchema.safeParse(parseJson(body)).data
  const token = parsed?.token ?? parsed?.access_token ?? ''
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw registryError['REGISTRY.INVALID']({ registry, reason: 'its token is none' })
}

type Asking = Omit<Outgoing, 'addresses'>

function byGet(realm: URL, { challenge, scopes, credentials }: TokenRequest): Asking {
  const url = new URL(realm)
  if (challenge.service !== '') url.searchParams.set('service', challenge.service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  if (credentials !== null) url.searchParams.set('account', credentials.username)
  return { method: 'GET', url, headers: credentials === null ? {} : { authorization: basic(credentials) } }
}

function byPost(realm: URL, { challenge, scopes, credentials }: TokenRequest): Asking {
  const secret = credentials?.password.reveal() ?? ''
  const own: Record<string, string> =
    credentials?.username === identityUser
      ? { grant_type: 'refresh_token', refresh_token: secret }
      : { grant_type: 'password', username: credentials?.username ?? '', password: secret }
  const form = new URLSearchParams({
    ...own,
    service: challenge.service,
    client_id: 'berth',
    scope: scopes.join(' '),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()) }
}

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`
}
