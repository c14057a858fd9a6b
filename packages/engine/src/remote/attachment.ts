import { Writable } from 'node:stream'
import { type ErrorRecord, fromErrorRecord } from '@berth/domain'
import type { Attachment, TerminalSize } from '../engine.ts'
import type { Bytes, Call } from './call.ts'
import type { Answer } from './calls.ts'
import { remoteError } from './errors.ts'

type Exit = Awaited<Attachment['exit']>

/** A process in the engine's process, joined through a call. Its exit is known once its output has been read to the end. */
export async function joinAttachment(call: Call): Promise<Attachment> {
  const first = await call.answers.next()
  if (first.done || !('opened' in first.value)) throw remoteError['ENGINE.REMOTE_BROKEN']()
  const exit = Promise.withResolvers<Exit>()
  // Nobody need wait for it.
  exit.promise.catch(() => undefined)
  const resizing: PromiseWithResolvers<void>[] = []
  return {
    input: first.value.opened.input ? inputOf(call) : null,
    output: outputOf(call, { exit, resizing }),
    exit: exit.promise,
    async resize(size: TerminalSize) {
      const answered = Promise.withResolvers<void>()
      resizing.push(answered)
      await call.say({ resize: size })
      await answered.promise
    },
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
  joined: { exit: PromiseWithResolvers<Exit>; resizing: PromiseWithResolvers<void>[] },
): AsyncGenerator<{ stream: 'stdout' | 'stderr'; bytes: Uint8Array }> {
  try {
    for (let next = await call.answers.next(); !next.done; next = await call.answers.next()) {
      const answer: Answer | Bytes = next.value
      if ('bytes' in answer && answer.stream !== 'input') yield { stream: answer.stream, bytes: answer.bytes }
      else if ('resized' in answer) settle(joined.resizing.shift(), answer.resized)
      else if ('result' in answer) joined.exit.resolve(answer.result as Exit)
    }
  } catch (error) {
    joined.exit.reject(error)
    throw error
  } finally {
    for (const waiting of joined.resizing) waiting.reject(remoteError['ENGINE.REMOTE_BROKEN']())
  }
}

function settle(waiting: PromiseWithResolvers<void> | undefined, error: unknown): void {
  if (error === null) waiting?.resolve()
  else waiting?.reject(fromErrorRecord(error as ErrorRecord))
}
