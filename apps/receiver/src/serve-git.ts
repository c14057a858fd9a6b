import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { RunningCommand } from '@berth/command'
import { step } from '@berth/observe'
import {
  maintainRepository,
  type ProtocolCall,
  type ProtocolMode,
  receivePack,
  uploadPack,
} from '@berth/source'
import { decidePush } from './decide-push.ts'
import type { From, Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import { hookStdio, openHookChannel } from './hook-channel.ts'
import { type OpenedApp, openApp } from './open-app.ts'
import type { GitRequest } from './parse-command.ts'
import type { ReceiverParts } from './parts.ts'
import { waitingFor } from './turns.ts'

/** A client's side of git's protocol; `errors` is null where the protocol has no place for them. */
export type ClientStreams = { input: Readable; output: Writable; errors: Writable | null }

export type GitSession = {
  visitor: Visitor
  from: From
  request: GitRequest
  mode: Exclude<ProtocolMode, 'advertise'>
  protocol: string | null
  /** Aborted when the client has gone. */
  signal: AbortSignal
}

/** Where the one hook lies, that lets the refs move. */
const hooks = fileURLToPath(new URL('../hooks', import.meta.url))

/**
 * Lets git speak with a client until it has ended; returns its exit status. `connect` gives the client's streams, once it is
 * clear that the visitor may. Both doors end here.
 * @throws PUSH.BUSY, PUSH.APP_NOT_FOUND, PUSH.FORBIDDEN, before anything is said to the client
 */
export async function serveGit(
  parts: ReceiverParts,
  session: GitSession,
  connect: () => ClientStreams,
): Promise<number> {
  const leave = parts.sessions.enter(session.visitor.id)
  if (leave === null) throw pushError['PUSH.BUSY']()
  const limit = startTimeLimit(parts.limits.sessionMs)
  try {
    const opened = await openApp(parts, session.visitor, session.request)
    const calledOff = AbortSignal.any([limit.signal, parts.closing])
    const serve = session.request.service === 'receive-pack' ? receive : upload
    return await serve(parts, { session, opened, calledOff, client: connect() })
  } finally {
    limit.clear()
    leave()
  }
}

/** `calledOff`: we end it, while the client still listens. */
type Service = { session: GitSession; opened: OpenedApp; calledOff: AbortSignal; client: ClientStreams }

async function upload(
  parts: ReceiverParts,
  { session, opened, calledOff, client }: Service,
): Promise<number> {
  const signal = AbortSignal.any([session.signal, calledOff])
  const git = parts.runner.start(uploadPack(callOf(session, opened.repository)), { signal })
  joinStreams(git, client)
  return (await git.exited).status ?? 1
}

async function receive(parts: ReceiverParts, service: Service): Promise<number> {
  const { session, opened, calledOff, client } = service
  const startedAt = Date.now()
  const ended = new AbortController()
  const over = AbortSignal.any([session.signal, calledOff])
  await lookAfterOthers(parts, service, over)
  const call = { ...callOf(session, opened.repository), hooks, maxInputBytes: parts.limits.maxPushBytes }
  // A git that is refused clears its quarantine away; one that is killed leaves it.
  const kill = delayed(over, parts.limits.graceMs)
  const git = parts.runner.start(receivePack(call), { stdio: hookStdio, signal: kill })
  joinStreams(git, client)

  const hook = openHookChannel(git)
  const signal = AbortSignal.any([over, ended.signal])
  const { visitor, from } = session
  const push = { ...opened, visitor, from, output: hook.output, signal, startedAt, ended: git.exited }
  const decided = hook.question.then(async (question) => {
    hook.answer(question !== null && (await decidePush(parts, push, question)))
  })
  const { status } = await git.exited
  ended.abort(pushError['PUSH.BROKEN_OFF']())
  await decided
  // A repository that stays untidy is only slower.
  parts.afterwards.add(`tidy ${opened.repository.path}`, (end) =>
    maintainRepository(opened.repository, { runner: parts.runner, signal: end }),
  )
  return status ?? 1
}

/**
 * A client is told where the branches stand only when the push before it has ended: what it sends then fits, where it would
 * be refused after its wait otherwise. The turn itself is taken once the commits are here. Over HTTP this was asked and
 * answered in a request of its own before.
 */
async function lookAfterOthers(
  { turns }: ReceiverParts,
  { opened: { app }, client: { errors } }: Service,
  signal: AbortSignal,
): Promise<void> {
  if (errors === null) return
  const onWait = () => void errors.write(`${step(waitingFor(app.name))}\n`)
  const release = await turns.take(app, { signal, onWait })
  release()
}

function callOf(session: GitSession, repository: OpenedApp['repository']): ProtocolCall {
  return { repository, mode: session.mode, protocol: session.protocol }
}

function startTimeLimit(limitMs: number): { signal: AbortSignal; clear: () => void } {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(pushError['PUSH.TOOK_TOO_LONG']({ limitMs })), limitMs)
  return { signal: limit.signal, clear: () => clearTimeout(timer) }
}

/** Aborted so much later than the given one. */
function delayed(signal: AbortSignal, delayMs: number): AbortSignal {
  const later = new AbortController()
  const start = () => void setTimeout(() => later.abort(signal.reason), delayMs).unref()
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  return later.signal
}

/** A broken pipe on either side is the end of git or of the client, which both tell in another way. */
function joinStreams(git: RunningCommand, client: ClientStreams): void {
  const [stdin, stdout, stderr] = [git.stdin as Writable, git.stdout as Readable, git.stderr as Readable]
  for (const stream of [stdin, stdout, stderr, client.input, client.output])
    stream.on('error', () => undefined)
  client.input.pipe(stdin)
  client.input.once('close', () => stdin.end())
  stdout.pipe(client.output, { end: false })
  if (client.errors === null) stderr.resume()
  else stderr.pipe(client.errors, { end: false })
}
