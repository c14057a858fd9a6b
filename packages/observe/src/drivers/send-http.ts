import type { IncomingMessage } from 'node:http'
import type { Agent, RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { isBerthError } from '@berth/domain'
import type { DrainTarget } from '../drains/drain.ts'
import { type DrainSender, type SenderOptions, senderTimeoutMs } from '../drains/drain-sender.ts'
import { drainError } from '../drains/errors.ts'
import { httpBatch } from '../drains/http-batch.ts'

type HttpTarget = Extract<DrainTarget, { kind: 'http' }>

const mostAnswerBytes = 4 * 1024
const shownCharacters = 200
/** Of what begins with 4, those that pass: RFC 9110, 15.5.9, RFC 8470, RFC 6585. */
const passing = new Set([408, 425, 429])

/** A batch is taken when the answer begins with 2. No redirect is followed. */
export function httpSender(target: HttpTarget, options: SenderOptions): DrainSender {
  const url = new URL(target.url)
  const never = new AbortController().signal
  let confirmed = options.after
  let agent: Agent | undefined
  return {
    async send(lines) {
      const signal = AbortSignal.timeout(options.timeoutMs ?? senderTimeoutMs)
      try {
        const https = await import('node:https')
        agent ??= new https.Agent({ keepAlive: true, maxSockets: 1 })
        const host = url.hostname.replace(/^\[|\]$/g, '')
        const address = await options.addressOf(host, Number(url.port || 443))
        const body = httpBatch(options.app, lines)
        const answer = await post(
          { ...connection(target, host, address), agent, signal },
          body,
          https.request,
        )
        judge(url, answer.statusCode ?? 0, await beginning(answer))
        confirmed = lines.at(-1)?.number ?? confirmed
      } catch (error) {
        if (isBerthError(error)) throw error
        const reason = signal.aborted ? 'no answer in time' : saidBy(error)
        throw drainError['DRAIN.NOT_DELIVERED']({ host: url.host, reason }, { cause: error })
      }
    },
    confirmed: () => confirmed,
    doubt: () => never,
    close: async () => agent?.destroy(),
  }
}

function connection(
  { url: given, headers, authority }: HttpTarget,
  host: string,
  address: string,
): RequestOptions {
  const url = new URL(given)
  return {
    host: address,
    port: url.port || 443,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: { 'user-agent': 'Berth', ...headers, host: url.host, 'content-type': 'application/json' },
    // Not the address: certificates are for names.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authority === null ? {} : { ca: authority }),
  }
}

function post(
  options: RequestOptions,
  body: string,
  request: (
    options: RequestOptions,
    answered: (answer: IncomingMessage) => void,
  ) => import('node:http').ClientRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, 'content-length': Buffer.byteLength(body) }
    const asked = request({ ...options, headers }, resolve)
    asked.once('error', reject)
    asked.end(body)
  })
}

/** As much as is shown; the rest is read and thrown away, so that the connection can be used again. */
async function beginning(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (bytes < mostAnswerBytes) chunks.push(chunk)
    bytes += chunk.length
    if (bytes > 64 * mostAnswerBytes) break
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, shownCharacters).replace(/\s+/g, ' ').trim()
}

function judge(url: URL, status: number, text: string): void {
  if (status >= 200 && status < 300) return
  const answer = text === '' ? String(status) : `${status} ${text}`
  if (status >= 400 && status < 500 && !passing.has(status))
    throw drainError['DRAIN.REFUSED']({ host: url.host, answer })
  throw drainError['DRAIN.NOT_DELIVERED']({ host: url.host, reason: answer })
}

function saidBy(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
