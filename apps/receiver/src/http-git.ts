import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { places } from '@berth/domain'
import { ensureRepository, type Repository, receivePack, repositoryPath, uploadPack } from '@berth/source'
import type { From, Visitor } from './doors.ts'
import type { Visit } from './http-door.ts'
import { findApp } from './open-app.ts'
import type { GitRequest } from './parse-command.ts'
import type { ReceiverParts } from './parts.ts'
import { flushPacket, pktLine } from './pkt-line.ts'
import { serveGit } from './serve-git.ts'

/** The two requests of git's smart HTTP protocol, once it is known who asks. */
export type HttpAsked = { visitor: Visitor; from: From; request: GitRequest }

const advertiseTimeoutMs = 60_000
const maxAdvertisementBytes = 32 * 1024 * 1024
const maxFetchRequestBytes = 64 * 1024 * 1024
/** Beside the pack: the commands and their certificate. */
const maxPushCommandBytes = 8 * 1024 * 1024

/** The refs. A name that nobody has yet, and that a push would create, is shown as an empty repository. */
export async function advertise(parts: ReceiverParts, visit: Visit, asked: HttpAsked): Promise<void> {
  const { service } = asked.request
  const app = await findApp(parts, asked.visitor, asked.request)
  const repository = app === null ? await emptyRepository(parts) : await repositoryOf(parts, app.id)
  const protocol = protocolOf(visit.request)
  const call = { repository, mode: 'advertise' as const, protocol }
  const command = service === 'receive-pack' ? receivePack({ ...call, hooks: '/dev/null' }) : uploadPack(call)
  const { stdoutBytes } = await parts.runner.run(command, {
    signal: visit.signal,
    timeoutMs: advertiseTimeoutMs,
    maxOutputBytes: maxAdvertisementBytes,
  })
  writeHead(visit, `application/x-git-${service}-advertisement`)
  // The second version of the protocol has no such line (git, http-backend.c).
  const isSecond = protocol === 'version=2' && service === 'upload-pack'
  if (!isSecond) visit.response.write(pktLine(`# service=git-${service}\n`) + flushPacket)
  visit.response.end(stdoutBytes)
}

/** The conversation itself. Its exit status is inside of it. */
export async function answerService(parts: ReceiverParts, visit: Visit, asked: HttpAsked): Promise<void> {
  const { service } = asked.request
  if (isProbe(visit.request)) return answerProbe(parts, visit, asked)
  await serveGit(
    parts,
    { ...asked, mode: 'stateless', protocol: protocolOf(visit.request), signal: visit.signal },
    () => {
      writeHead(visit, `application/x-git-${service}-result`)
      visit.response.flushHeaders()
      return { input: bodyOf(visit, parts, service), output: visit.response, errors: null }
    },
  )
  visit.response.end()
}

/** Before a large push git sends an empty request, to learn whether it may. It must not create the app. */
function isProbe({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === String(flushPacket.length)
}

async function answerProbe(parts: ReceiverParts, visit: Visit, asked: HttpAsked): Promise<void> {
  await findApp(parts, asked.visitor, asked.request)
  writeHead(visit, `application/x-git-${asked.request.service}-result`)
  visit.response.end()
}

function writeHead({ response }: Visit, type: string): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Cache-Control': 'no-cache, max-age=0, must-revalidate',
    Pragma: 'no-cache',
  })
}

function protocolOf({ headers }: IncomingMessage): string | null {
  const given = headers['git-protocol']
  return typeof given === 'string' ? given : null
}

/** The body, unpacked and bounded; one that is broken or too long ends early, which git notices. */
function bodyOf({ request }: Visit, parts: ReceiverParts, service: GitRequest['service']): Readable {
  const isPush = service === 'receive-pack'
  const bounded = limitBytes(isPush ? parts.limits.maxPushBytes + maxPushCommandBytes : maxFetchRequestBytes)
  const isPacked = /^(?:x-)?gzip$/i.test(String(request.headers['content-encoding'] ?? ''))
  const stages = isPacked ? [request, createGunzip(), bounded] : [request, bounded]
  // What goes wrong destroys `bounded`, and so ends git's input.
  pipeline(stages, () => undefined)
  return bounded
}

function limitBytes(limit: number): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      if (seen > limit) done(new Error('the body is too long'))
      else done(null, chunk)
    },
  })
}

function repositoryOf(parts: ReceiverParts, appId: string): Promise<Repository> {
  return ensureRepository({ path: repositoryPath(places(parts.settings).repositories, appId) })
}

function emptyRepository(parts: ReceiverParts): Promise<Repository> {
  return ensureRepository({ path: `${places(parts.settings).receiver}/empty.git` })
}
