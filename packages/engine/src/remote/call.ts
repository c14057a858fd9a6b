import { once } from 'node:events'
import { connect } from 'node:net'
import { type ErrorRecord, fromErrorRecord } from '@berth/domain'
import type { Answer, Asked } from './calls.ts'
import { type Channel, openChannel, type Stream } from './channel.ts'
import { remoteError } from './errors.ts'
import { longestSilenceMs, unlessSilent } from './unless-silent.ts'
import { fromWire, toWire } from './wire-value.ts'

/** A call to an engine in another process, as its caller sees it. */
export type Call = {
  /**
   * What the engine sends, until the result, which comes last. Listeners among the arguments are told on the way.
   * @throws what the engine threw, the reason of a signal that was aborted, ENGINE.REMOTE_BROKEN, ENGINE.SILENT
   */
  answers: AsyncGenerator<Exclude<Answer, { error: unknown }> | Bytes>
  say(word: Asked): Promise<void>
  sendInput(bytes: Uint8Array): Promise<void>
  /** The engine ends the call when it notices. */
  breakOff(): void
  /** Aborted when one of the signals among the arguments is. */
  signal: AbortSignal
}

export type Bytes = { stream: Stream; bytes: Uint8Array }

/** A signal or a stream of bytes among the arguments is seen to. @throws ENGINE.NOT_REACHED */
export async function openCall(
  socket: string,
  name: string,
  words: readonly unknown[],
  silenceMs = longestSilenceMs,
): Promise<Call> {
  const { json, unsent } = toWire({ call: name, arguments: words })
  const signal = AbortSignal.any(unsent.signals)
  signal.throwIfAborted()
  const channel = await reach(socket)
  signal.addEventListener('abort', channel.destroy, { once: true })
  channel.closed.then(() => signal.removeEventListener('abort', channel.destroy))
  await channel.send({ json })
  const failure: { error?: unknown } = {}
  if (unsent.input !== null) {
    sendAll(channel, unsent.input).catch((error: unknown) => {
      failure.error = error
      channel.destroy()
    })
  }
  const tell = (number: number, value: unknown) => unsent.listeners[number]?.(value)
  return {
    answers: readAnswers(channel, { signal, tell, failure, silenceMs }),
    say: (word) => channel.send({ json: JSON.stringify(word) }),
    sendInput: (bytes) => channel.send({ stream: 'input', bytes }),
    breakOff: channel.destroy,
    signal,
  }
}

async function reach(path: string): Promise<Channel> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw remoteError['ENGINE.NOT_REACHED']({ socket: path }, { cause: error })
  }
  return openChannel(socket)
}

async function sendAll(channel: Channel, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of input) await channel.send({ stream: 'input', bytes })
  await channel.send({ json: JSON.stringify({ inputEnds: true } satisfies Asked) })
}

type Reading = {
  signal: AbortSignal
  tell: (number: number, value: unknown) => void
  /** Why this side broke the call off. */
  failure: { error?: unknown }
  silenceMs: number
}

async function* readAnswers(channel: Channel, reading: Reading): Call['answers'] {
  try {
    for await (const message of unlessSilent(channel, reading.silenceMs)) {
      if ('bytes' in message) {
        yield message
        continue
      }
      const answer = fromWire(message.json) as Answer
      if ('error' in answer) throw fromErrorRecord(answer.error as ErrorRecord)
      if ('tell' in answer) reading.tell(answer.tell, answer.value)
      else if (!('ping' in answer)) yield answer
      if ('result' in answer) return
    }
    throw remoteError['ENGINE.REMOTE_BROKEN']()
  } catch (error) {
    reading.signal.throwIfAborted()
    throw reading.failure.error ?? error
  } finally {
    channel.destroy()
  }
}
