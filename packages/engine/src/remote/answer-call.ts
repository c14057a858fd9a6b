import { isBerthError, toErrorRecord } from '@berth/domain'
import type { Attachment, Engine } from '../engine.ts'
import { answerBuild } from './answer-build.ts'
import { type Answer, type Asked, calls, type Noun, type Reply } from './calls.ts'
import type { Channel } from './channel.ts'
import { remoteError } from './errors.ts'
import { type Incoming, readIncoming } from './incoming.ts'
import { fromWire, toWire } from './wire-value.ts'

/** One call, as the engine's process sees it. */
export type Exchange = {
  engine: Engine
  arguments: readonly unknown[]
  incoming: Incoming
  /** Waits for a slow reader. */
  send(answer: Answer): Promise<void>
  sendBytes(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>
  /** What else the caller says. */
  onWord(listen: (word: Asked) => void): void
}

/** What listeners are told waits here while the caller is slow; what comes beyond that is left out. */
const mostUntold = 10_000

/** Answers the one call that comes over a channel. `onBug` hears of errors that no table has. */
export async function answerCall(
  engine: Engine,
  channel: Channel,
  { onBug }: { onBug: (error: unknown) => void },
): Promise<void> {
  const first = await channel.messages.next().catch(() => ({ done: true, value: undefined }) as const)
  if (first.done || !('json' in first.value)) return channel.destroy()
  let listen: (word: Asked) => void = () => undefined
  const incoming = readIncoming(channel, (word) => listen(word))
  const send = (answer: Answer) => channel.send({ json: toWire(answer).json })
  try {
    const asked = fromWire(first.value.json, standIns(incoming, send)) as Extract<Asked, { call: string }>
    const exchange: Exchange = {
      ...{ engine, incoming, send, arguments: asked.arguments },
      sendBytes: (stream, bytes) => channel.send({ stream, bytes }),
      onWord: (wanted) => {
        listen = wanted
      },
    }
    await send({ result: await answer(asked.call, exchange) })
    channel.end()
  } catch (error) {
    if (incoming.gone.aborted) return
    if (!isBerthError(error)) onBug(error)
    await send({ error: toErrorRecord(error) }).catch(() => undefined)
    channel.end()
  }
}

function standIns(incoming: Incoming, send: Exchange['send']) {
  let untold = 0
  return {
    signal: incoming.gone,
    input: incoming.input,
    listener: (number: number) => (value: unknown) => {
      if (untold >= mostUntold || incoming.gone.aborted) return
      untold += 1
      send({ tell: number, value })
        .catch(() => undefined)
        .finally(() => {
          untold -= 1
        })
    },
  }
}

/** The call's result, after everything that comes before it has been sent. */
function answer(name: string, exchange: Exchange): Promise<unknown> {
  if (name === 'build') return answerBuild(exchange)
  const { method, reply } = methodOf(exchange.engine, name)
  return replies[reply](() => method(...exchange.arguments), exchange)
}

type Method = (...words: readonly unknown[]) => unknown

/** Only what the catalogue names. @throws ENGINE.UNKNOWN_CALL */
function methodOf(engine: Engine, name: string): { method: Method; reply: Reply } {
  const [noun = '', verb = '', ...more] = name.split('.')
  const verbs: Readonly<Record<string, Reply>> = Object.hasOwn(calls, noun) ? calls[noun as Noun] : {}
  const reply = more.length === 0 && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (reply === undefined) throw remoteError['ENGINE.UNKNOWN_CALL']({ method: name.slice(0, 80) })
  const methods = engine[noun as Noun] as unknown as Record<string, Method>
  return { method: (...words) => methods[verb]?.(...words), reply }
}

const replies: Readonly<Record<Reply, (start: () => unknown, exchange: Exchange) => Promise<unknown>>> = {
  value: async (start) => await start(),
  async items(start, { send }) {
    for await (const item of start() as AsyncIterable<unknown>) await send({ item })
    return null
  },
  async bytes(start, { sendBytes }) {
    for await (const bytes of start() as AsyncIterable<Uint8Array>) await sendBytes('stdout', bytes)
    return null
  },
  attachment: async (start, exchange) => joined((await start()) as Attachment, exchange),
  async subscription(start, { incoming }) {
    const stop = start() as () => void
    await over(incoming.gone)
    stop()
    return null
  },
}

async function joined(attachment: Attachment, exchange: Exchange): Promise<unknown> {
  const { incoming, send, sendBytes } = exchange
  const close = () => void attachment.close()
  incoming.gone.addEventListener('abort', close, { once: true })
  if (incoming.gone.aborted) close()
  exchange.onWord((word) => {
    if ('resize' in word) tell(attachment.resize(word.resize), (resized) => send({ resized })).catch(close)
    if ('signal' in word)
      tell(attachment.signal(word.signal), (signalled) => send({ signalled })).catch(close)
  })
  await send({ opened: { input: attachment.input !== null } })
  if (attachment.input !== null) incoming.input.pipe(attachment.input)
  // An input that the process closed is no error of the call: its end tells.
  attachment.input?.on('error', () => undefined)
  for await (const { stream, bytes } of attachment.output) await sendBytes(stream, bytes)
  return attachment.exit
}

async function tell(work: Promise<void>, send: (outcome: unknown) => Promise<void>): Promise<void> {
  await send(await work.then(() => null, toErrorRecord))
}

function over(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
