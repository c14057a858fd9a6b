import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import type { Credentials } from '../engine.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import { registryError } from './errors.ts'
import { basic, fetchToken } from './fetch-token.ts'
import { discard, parseJson, readBody } from './read-body.ts'
import { type Endpoint, isNamed, type RegistryLimits, type RegistrySettings } from './registry-settings.ts'
import type { Outgoing, Sender } from './send-request.ts'

/**
 * One repository of one registry, with whatever it asks for to be let in.
 *
 * Credentials and tokens go to the registry's own host and to the place for tokens that it names, never where a redirect
 * leads. Nothing goes out without encryption but to hosts that the settings name. What is busy or broken is tried again,
 * a bounded number of times; what sends a stream is not, because only its caller knows how far it came.
 */
export class RegistryClient {
  readonly endpoint: Endpoint
  readonly repository: string
  readonly #sender: Sender
  readonly #settings: RegistrySettings
  readonly #credentials: Credentials | null
  readonly #signal: AbortSignal | undefined
  readonly #scopes: string[]
  readonly #addresses: Outgoing['addresses']
  #authorization: string | null = null

  constructor(options: {
    endpoint: Endpoint
    /** Without the endpoint's prefix. */
    repository: string
    sender: Sender
    settings: RegistrySettings
    credentials: Credentials | null
    rights: 'pull' | 'pull,push'
    addresses: Outgoing['addresses']
    signal?: AbortSignal
  }) {
    this.endpoint = options.endpoint
    this.repository = `${options.endpoint.prefix}${options.repository}`
    this.#sender = options.sender
    this.#settings = options.settings
    this.#credentials = options.credentials
    this.#signal = options.signal
    this.#addresses = options.addresses
    this.#scopes = [`repository:${this.repository}:${options.rights}`]
  }

  get limits(): RegistryLimits {
    return this.#sender.limits
  }

  /** Rights that the next token shall have as well. */
  alsoRead(repository: string): void {
    const scope = `repository:${this.endpoint.prefix}${repository}:pull`
    if (!this.#scopes.includes(scope)) this.#scopes.push(scope)
  }

  /** `path` below the repository: `manifests/latest`. */
  url(path: string): URL {
    return new URL(`${this.#scheme(this.endpoint.host)}//${this.endpoint.host}/v2/${this.repository}/${path}`)
  }

  /**
   * An answer with one of the statuses that the caller expects; its body must be read or destroyed.
   *
   * @throws REGISTRY.UNREACHABLE, REGISTRY.LIMITED, REGISTRY.DENIED, REGISTRY.NOT_FOUND, REGISTRY.FAILED, REGISTRY.INSECURE
   */
  async request(given: ClientRequest): Promise<IncomingMessage> {
    const attempts = given.stream === undefined ? this.limits.attempts : 1
    let pauseMs = this.limits.firstPauseMs
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(given)
      if ('response' in outcome) return outcome.response
      if (!outcome.again || attempt >= attempts) throw outcome.error
      pauseMs = Math.min(Math.max(pauseMs, outcome.askedMs), this.limits.longestPauseMs)
      await this.pause(pauseMs)
      pauseMs *= 2
    }
  }

  /** @throws the signal's reason */
  async pause(ms: number): Promise<void> {
    await pause(ms, undefined, this.#signal ? { signal: this.#signal } : {}).catch(() => undefined)
    this.#signal?.throwIfAborted()
  }

  /** Where an upload goes on; relative to what was asked. @throws REGISTRY.INVALID, REGISTRY.INSECURE */
  locationOf(response: IncomingMessage, asked: URL): URL {
    return this.#fit(response.headers.location, asked)
  }

  async #attempt(given: ClientRequest): Promise<Attempt> {
    try {
      const response = await this.#letIn(given)
      const status = response.statusCode ?? 0
      if (given.expect.includes(status)) return { response }
      const askedMs = askedPauseMs(response)
      return { error: await this.#refusal(response, given.what), again: busy.has(status), askedMs }
    } catch (error) {
      this.#signal?.throwIfAborted()
      return { error, again: mayHelp(error), askedMs: 0 }
    }
  }

  async #letIn(given: ClientRequest): Promise<IncomingMessage> {
    const used = this.#authorization
    const response = await this.#following(given)
    if (response.statusCode !== 401) return response
    const challenge = parseChallenge(response.headers['www-authenticate'])
    discard(response)
    // Another request may have been let in meanwhile.
    if (this.#authorization === used || this.#authorization === null) {
      this.#authorization = await this.#authorize(challenge, given.what)
    }
    return this.#following(given)
  }

  async #authorize(challenge: Challenge | null, what: string): Promise<string> {
    const registry = this.endpoint.host
    if (challenge?.scheme === 'bearer') {
      const realm = this.#fit(challenge.realm, this.url(''))
      const scopes = [...new Set([...challenge.scope.split(' '), ...this.#scopes])].filter(
        (scope) => scope !== '',
      )
      const credentials = this.#credentials
      const request = {
        addresses: this.#addressesOf(realm.host),
        registry,
        challenge,
        scopes,
        credentials,
        ...(this.#signal ? { signal: this.#signal } : {}),
      }
      return `Bearer ${await fetchToken(this.#sender, realm, request)}`
    }
    if (challenge?.scheme === 'basic' && this.#credentials !== null) return basic(this.#credentials)
    throw registryError['REGISTRY.DENIED']({ registry, reference: what })
  }

  async #following(given: ClientRequest): Promise<IncomingMessage> {
    let url = given.url
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      const response = await this.#sender.send(this.#outgoing(given, url))
      if (!redirects.has(response.statusCode ?? 0)) return response
      discard(response)
      url = this.#fit(response.headers.location, url)
    }
    throw registryError['REGISTRY.INVALID']({
      registry: this.endpoint.host,
      reason: 'its redirects do not end',
    })
  }

  #outgoing(given: ClientRequest, url: URL): Outgoing {
    const own = url.host === this.endpoint.host && url.protocol === this.#scheme(url.host)
    const headers = {
      ...given.headers,
      ...(given.body === undefined ? {} : { 'content-length': String(given.body.length) }),
      ...(own && this.#authorization !== null ? { authorization: this.#authorization } : {}),
    }
    const body = given.stream?.() ?? given.body
    return {
      method: given.method,
      url,
      headers,
      addresses: this.#addressesOf(url.host),
      ...(body === undefined ? {} : { body }),
      ...(this.#signal ? { signal: this.#signal } : {}),
    }
  }

  /** An address that the registry names. */
  #fit(given: string | undefined, base: URL): URL {
    const registry = this.endpoint.host
    if (given === undefined || !URL.canParse(given, base)) {
      throw registryError['REGISTRY.INVALID']({ registry, reason: 'it names an address that is none' })
    }
    const url = new URL(given, base)
    url.username = ''
    url.password = ''
    if (url.protocol === 'https:') return url
    if (url.protocol === 'http:' && this.#scheme(url.host) === 'http:') return url
    throw registryError['REGISTRY.INSECURE']({ registry, host: url.host })
  }

  #addressesOf(host: string): Outgoing['addresses'] {
    return isNamed(host, this.#settings) ? 'any' : this.#addresses
  }

  #scheme(host: string): 'https:' | 'http:' {
    return this.#settings.plainHttp?.includes(host) ? 'http:' : 'https:'
  }

  async #refusal(response: IncomingMessage, what: string): Promise<Error> {
    const registry = this.endpoint.host
    const status = response.statusCode ?? 0
    const body = await readBody(response, {
      ...{ what: 'an error', host: registry },
      ...{ limitBytes: 64 * 1024, limits: this.limits },
    }).catch(() => Buffer.alloc(0))
    if (status === 401 || status === 403)
      return registryError['REGISTRY.DENIED']({ registry, reference: what })
    if (status === 404) return registryError['REGISTRY.NOT_FOUND']({ reference: what })
    if (status === 429) return registryError['REGISTRY.LIMITED']({ registry })
    return registryError['REGISTRY.FAILED']({ registry, reason: `it answers ${status}${spokenReason(body)}` })
  }
}

export type ClientRequest = {
  method: Outgoing['method']
  url: URL
  headers?: Readonly<Record<string, string>>
  body?: Buffer
  /** Made anew for each attempt to be let in; such a request is not tried again for other reasons. */
  stream?: () => Readable
  expect: readonly number[]
  /** For messages. */
  what: string
}

type Attempt = { response: IncomingMessage } | { error: unknown; again: boolean; askedMs: number }

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5
const busy: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** A host that is not there will not be there in a second; a connection that broke may be. */
function mayHelp(error: unknown): boolean {
  if (!isBerthError(error, 'REGISTRY.UNREACHABLE')) return false
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
  return ['ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code ?? '')
}

/** Seconds, or a date. */
function askedPauseMs(response: IncomingMessage): number {
  const given = response.headers['retry-after'] ?? ''
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000
  const at = Date.parse(given)
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now())
}

/** What the registry says itself, cut and without what a terminal would obey. */
function spokenReason(body: Buffer): string {
  const errors = (parseJson(body) as { errors?: { message?: unknown }[] } | undefined)?.errors
  const message = Array.isArray(errors) ? errors[0]?.message : undefined
  return typeof message === 'string' ? `: ${message.replace(/[^\x20-\x7e]/g, '?').slice(0, 120)}` : ''
}
