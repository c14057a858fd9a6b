import type { IncomingMessage, RequestOptions } from 'node:http'
import type { HealthProbe } from '@berth/domain'
import { type Answer, excerpt, failed, passed, unknown } from './answer.ts'
import type { Asked } from './ask.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in the worker.
const http = process.getBuiltinModule('node:http')

type HttpProbe = Extract<HealthProbe, { kind: 'http' }>

/** As far as an answer is looked through for what is expected; the rest is not read. */
const readBytes = 256 * 1024
/** Of an answer that fails whatever stands in it. */
const shownBytes = 2 * 1024

/**
 * One request over a connection of its own, to the instance and nowhere else: a redirect is an answer. Certificates are not
 * looked at: an app's own is for its name, not for its address.
 */
export async function askByHttp(asked: Asked, probe: HttpProbe, timeoutMs: number): Promise<Answer> {
  const { address } = asked.container
  if (address === null) return unknown('it has no address now')
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const request = requestOf(probe, { ...optionsOf(asked, probe), host: address })
  request.once('response', (response) => void read(response, probe, asked).then(resolve, resolveBroken))
  request.on('error', resolveBroken)
  const tooLate = setTimeout(() => {
    // What has arrived while this process was busy or held up counts: it is read before this is said.
    setImmediate(() => setImmediate(() => resolve(failed(`no answer within ${timeoutMs / 1_000} s`))))
  }, timeoutMs)
  request.end()
  try {
    return await promise
  } finally {
    clearTimeout(tooLate)
    request.destroy()
  }

  function resolveBroken(error: Error): void {
    resolve(failed(brokenWords(error)))
  }
}

function requestOf(probe: HttpProbe, options: RequestOptions) {
  if (probe.scheme === 'http') return http.request(options)
  const https = process.getBuiltinModule('node:https')
  return https.request({ ...options, rejectUnauthorized: false })
}

function optionsOf(asked: Asked, probe: HttpProbe): RequestOptions & { servername?: string } {
  const headers = { host: asked.host, 'user-agent': 'berth-health', accept: '*/*', ...givenHeaders(probe) }
  const name = String(headers.host).replace(/:\d+$/, '')
  return {
    port: probe.port ?? asked.port,
    path: probe.path,
    headers: { ...headers, connection: 'close' },
    agent: false,
    // TLS knows no addresses as names.
    ...(/[a-z]/i.test(name) && !name.includes(':') ? { servername: name } : {}),
  }
}

function givenHeaders({ headers }: HttpProbe): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]))
}

async function read(response: IncomingMessage, probe: HttpProbe, asked: Asked): Promise<Answer> {
  const { statusCode: status = 0, statusMessage = '' } = response
  const isGood = status >= 200 && status < 300
  if (isGood && probe.content === null) return passed
  const body = await beginningOf(response, isGood ? readBytes : shownBytes)
  if (isGood && body.includes(probe.content ?? '')) return passed
  const shown = excerpt(body.subarray(0, shownBytes), asked.mask)
  const quoted = shown === '' ? '' : `: ${shown}`
  if (isGood) return failed(`the answer (${status}) does not hold ${JSON.stringify(probe.content)}${quoted}`)
  const reason = excerpt(Buffer.from(statusMessage), asked.mask)
  return failed(`answered ${status} ${reason}`.trim() + quoted, hintOf(status, asked))
}

/** Until there is enough, or the instance breaks off: what came until then was its answer. */
async function beginningOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece)
      bytes += piece.length
      if (bytes >= mostBytes) break
    }
  } catch (error) {
    if (bytes === 0) throw error
  }
  return Buffer.concat(pieces).subarray(0, mostBytes)
}

function brokenWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'connection refused'
  if (error.code === 'ECONNRESET') return 'the connection was closed without an answer'
  if (error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH') return 'it could not be reached'
  return `no valid answer (${error.code ?? error.message.slice(0, 100)})`
}

function hintOf(status: number, { host }: Asked): string | null {
  if (status >= 300 && status < 400)
    return 'A redirect is not followed. Name the path that it leads to, or, where it leads to https, send the header X-Forwarded-Proto: https with "httpHeaders".'
  if (status === 401 || status === 403) return 'Let the path answer without signing in, or name another.'
  if (status === 404) return 'Name a path that the app answers.'
  if (status === 400 || status === 421)
    return `It was asked for the host ${host}: let the app accept that, or set the header Host with "httpHeaders".`
  return null
}
