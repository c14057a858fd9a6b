import type { IncomingMessage } from 'node:http'
import { isBerthError } from '@berth/domain'
import { notificationError } from '../notify/errors.ts'
import type { Answer, WaysOut } from '../notify/send-message.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { request: plainRequest } = process.getBuiltinModule('node:http')

export type PostOptions = {
  /** The address to call for a host, which may be one itself. @throws where it must not be called */
  addressOf(host: string, port: number): Promise<string>
  timeoutMs?: number
}

const defaultTimeoutMs = 10_000
const mostAnswerBytes = 4 * 1024
const shownCharacters = 200
/** Of what begins with 4, those that pass: RFC 9110, 15.5.9, RFC 8470, RFC 6585. */
const passing = new Set([408, 425, 429])

/**
 * The way out for webhooks. The name is looked up once, the address is judged, and that address is called: a name which
 * changes its mind in between gains nothing. No redirect is followed.
 */
export function postJson({ addressOf, timeoutMs = defaultTimeoutMs }: PostOptions): WaysOut['post'] {
  return async (given, { body, headers }) => {
    const url = new URL(given)
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const address = await unlessLate(called(url, addressOf), signal)
      const answer = await post(url, { body, headers, address, signal })
      const text = await beginning(answer, signal)
      return judged(url, answer.statusCode ?? 0, text)
    } catch (error) {
      if (isBerthError(error)) throw error
      const reason = signal.aborted ? `no answer within ${timeoutMs / 1_000} s` : saidBy(error)
      throw notificationError['NOTIFICATION.NOT_DELIVERED']({ host: url.host, reason }, { cause: error })
    }
  }
}

function called(url: URL, addressOf: PostOptions['addressOf']): Promise<string> {
  const usual = url.protocol === 'https:' ? 443 : 80
  return addressOf(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || usual))
}

/** Looking a name up cannot be broken off. */
function unlessLate<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

type Post = { body: string; headers: Record<string, string>; address: string; signal: AbortSignal }

async function post(url: URL, { body, headers, address, signal }: Post): Promise<IncomingMessage> {
  const isTls = url.protocol === 'https:'
  const request = isTls ? (await import('node:https')).request : plainRequest
  const options = {
    host: address,
    port: url.port || (isTls ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: {
      host: url.host,
      'user-agent': 'Berth',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
    // Not the address: certificates are for names.
    servername: url.hostname,
    agent: false as const,
    signal,
  }
  return new Promise((resolve, reject) => {
    const asked = request(options, resolve)
    asked.once('error', reject)
    asked.end(body)
  })
}

/** As much as fits; the rest is not read. */
async function beginning(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  const stop = () => answer.destroy(new Error('too late'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= mostAnswerBytes) break
    }
  } finally {
    signal.removeEventListener('abort', stop)
    answer.destroy()
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, shownCharacters).replace(/\s+/g, ' ').trim()
}

function judged(url: URL, status: number, text: string): Answer {
  const answer = text === '' ? String(status) : `${status} ${text}`
  if (status >= 200 && status < 300) return { answer }
  if (status >= 500 || passing.has(status))
    throw notificationError['NOTIFICATION.NOT_DELIVERED']({ host: url.host, reason: answer })
  throw notificationError['NOTIFICATION.REFUSED']({ host: url.host, answer })
}

function saidBy(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
