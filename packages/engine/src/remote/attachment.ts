import { Writable } from 'node:stream'
import { type ErrorRecord, fromErrorRecord } from '@berth/domain'
import type { Attachment, TerminalSize } from '../engine.ts'
import type { Bytes, Call } from './call.ts'
import type { Answer, Asked } from './calls.ts'
import { remoteError } from './errors.ts'

type Exit = Awaited<Attachment['exit']>

/** Who asked for something and has not been answered, in the order of asking. */
type Waiting = { resized: PromiseWithResolvers<void>[]; signalled: PromiseWithResolvers<void>[] }

/** A process in the engine's process, joined through a call. Its exit is known once its output has been read to the end. */
export async function joinAttachment(call: Call): Promise<Attachment> {
  const first = await call.answers.next()
  if (first.done || !('opened' in first.value)) throw remoteError['ENGINE.REMOTE_BROKEN']()
  const exit = Promise.withResolvers<Exit>()
  // Nobody need wait for it.
  exit.promise.catch(() => undefined)
  const waiting: Waiting = { resized: [], signalled: [] }
  const ask = async (word: Asked, answers: PromiseWithResolvers<void>[]) => {
    const answered = Promise.withResolvers<void>()
    answers.push(answered)
    await call.say(word)
    await answered.promise
  }
  return {
    input: first.value.opened.input ? inputOf(call) : null,
    output: outputOf(call, { exit, waiting }),
    exit: exit.promise,
    resize: (size: TerminalSize) => ask({ resize: size }, waiting.resized),
    signal: (signal: string) => ask({ signal }, waiting.signalled),
    async close() {
      call.breakOff()
    },
  }
}

function inputOf(call: Call): Writable {
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      call.sendInput(bytes).then(() => done(), done)
    },
    final(done) {
      call.say({ inputEnds: true }).then(() => done(), done)
    },
  })
}

async function* outputOf(
  call: Call,
  joined: { exit: PromiseWithResolvers<Exit>; waiting: Waiting },
): AsyncGenerator<{ stream: 'stdout' | 'stderr'; bytes: Uint8Array }> {
  try {
    for (let next = await call.answers.next(); !next.done; next = await call.answers.next()) {
      const answer: Answer | Bytes = next.value
      if ('bytes' in answer && answer.stream !== 'input') yield { stream: answer.stream, bytes: answer.bytes }
      else if ('resized' in answer) settle(joined.waiting.resized.shift(), answer.resized)
      else if ('signalled' in answer) settle(joined.waiting.signalled.shift(), answer.signalled)
      else if ('result' in answer) joined.exit.resolve(answer.result as Exit)
    }
  } catch (error) {
    joined.exit.reject(error)
    throw error
  } finally {
    for (const one of Object.values(joined.waiting).flat()) one.reject(remoteError['ENGINE.REMOTE_BROKEN']())
  }
}

function settle(waiting: PromiseWithResolvers<void> | undefined, error: unknown): void {
  if (error === null) waiting?.resolve()
  else waiting?.reject(fromErrorRecord(error as ErrorRecord))
}
