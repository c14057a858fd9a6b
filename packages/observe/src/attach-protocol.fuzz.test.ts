import { duplexPair } from 'node:stream'
import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AttachBegin,
  attachSignals,
  type ClientFrame,
  decodeClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  encodeWorkerFrame,
  firstWindowBytes,
  maxPayloadBytes,
  type WorkerFrame,
} from './attach-protocol.ts'
import { openReceiveWindow, openSendWindow } from './attach-window.ts'
import { frameSplitter, frameStream } from './frame-stream.ts'

const bytes = fc.uint8Array({ maxLength: 2_000 })
const size = fc.record({
  columns: fc.integer({ min: 1, max: 10_000 }),
  rows: fc.integer({ min: 1, max: 10_000 }),
})
const begin: fc.Arbitrary<AttachBegin> = fc.record({
  what: fc.constantFrom('run', 'exec', 'console'),
  command: fc.array(fc.string(), { maxLength: 5 }),
  instance: fc.constantFrom(null, 'web.1', 'worker.12'),
  entrypoint: fc.boolean(),
  terminal: fc.option(size),
  input: fc.boolean(),
})
const count = fc.integer({ min: 0, max: 2 ** 32 - 1 })

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  begin.map((wanted) => ({ kind: 'begin' as const, begin: wanted })),
  bytes.map((input) => ({ kind: 'input' as const, bytes: input })),
  fc.constant({ kind: 'input-end' as const }),
  size.map((wanted) => ({ kind: 'resize' as const, size: wanted })),
  fc.constantFrom(...attachSignals).map((name) => ({ kind: 'signal' as const, name })),
  count.map((more) => ({ kind: 'window' as const, bytes: more })),
)
const workerFrame: fc.Arbitrary<WorkerFrame> = fc.oneof(
  fc.constant({ kind: 'begun' as const, name: 'run.1' }),
  bytes.map((output) => ({ kind: 'stdout' as const, bytes: output })),
  bytes.map((output) => ({ kind: 'stderr' as const, bytes: output })),
  count.map((more) => ({ kind: 'window' as const, bytes: more })),
  fc.integer({ min: 0, max: 255 }).map((code) => ({ kind: 'exit' as const, exit: { code, signal: null } })),
  fc.constant({ kind: 'alive' as const }),
)

describe('frames', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        expect(decodeClientFrame(encodeClientFrame(frame))).toEqual(frame)
      }),
    )
    fc.assert(
      fc.property(workerFrame, (frame) => {
        expect(decodeWorkerFrame(encodeWorkerFrame(frame))).toEqual(frame)
      }),
    )
  })

  test('of any bytes are read, or refused as what they are', () => {
    const read = (decode: (frame: Uint8Array) => unknown) => (frame: Uint8Array) => {
      try {
        decode(frame)
      } catch (error) {
        expect(isBerthError(error, 'ATTACH.BAD_FRAME'), String(error)).toBe(true)
      }
    }
    const kinds = fc.integer({ min: 0, max: 30 })
    const any = fc.tuple(kinds, bytes).map(([kind, rest]) => Buffer.concat([Buffer.from([kind]), rest]))
    fc.assert(fc.property(fc.oneof(any, bytes), read(decodeClientFrame)))
    fc.assert(fc.property(fc.oneof(any, bytes), read(decodeWorkerFrame)))
  })

  test('have a length that is bounded', () => {
    const long = { kind: 'input' as const, bytes: Buffer.alloc(maxPayloadBytes + 1) }
    expect(() => encodeClientFrame(long)).toThrow(/too long/)
    expect(() => decodeClientFrame(Buffer.alloc(maxPayloadBytes + 2, 2))).toThrow(/too long/)
  })

  test('come out of a stream whole, however it is cut', () => {
    const frames = fc.array(
      bytes.filter(({ length }) => length > 0),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (sent, cuts) => {
        const stream = Buffer.concat(sent.flatMap((frame) => [lengthOf(frame), frame]))
        const split = frameSplitter()
        const come: Uint8Array[] = []
        for (let at = 0; at < stream.length; ) {
          const next = at + cuts.next().value
          come.push(...split(stream.subarray(at, next)).map((frame) => Uint8Array.from(frame)))
          at = next
        }
        expect(come).toEqual(sent)
      }),
    )
  })

  test('of no length, or of too much, end the stream that brings them', () => {
    expect(() => frameSplitter()(Buffer.alloc(4))).toThrow(/length/)
    expect(() => frameSplitter()(Buffer.from([0x7f, 0, 0, 0]))).toThrow(/length/)
  })

  test('wait in the sender where nobody reads, and end with the stream', async () => {
    const [ours, theirs] = duplexPair()
    const [one, other] = [frameStream(ours), frameStream(theirs)]
    const frame = Buffer.alloc(maxPayloadBytes, 1)
    let sent = 0
    const sending = (async () => {
      for (; sent < 20; sent += 1) await one.send(frame)
      one.end()
    })()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(sent).toBeLessThan(20)
    let come = 0
    for await (const piece of other.frames) come += piece.length
    await sending
    expect(come).toBe(20 * frame.length)
  })
})

describe('windows', () => {
  test('let through no more than there is room for, until there is more', async () => {
    const window = openSendWindow()
    const { signal } = new AbortController()
    await window.take(firstWindowBytes, signal)
    let passed = false
    const waiting = window.take(1_000, signal).then(() => {
      passed = true
    })
    window.add(999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(passed).toBe(false)
    window.add(1)
    await waiting
  })

  test('give up when nobody waits any more', async () => {
    const window = openSendWindow()
    await window.take(firstWindowBytes, AbortSignal.timeout(10_000))
    const leaving = new AbortController()
    const waiting = window.take(1, leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
  })

  test('find out who sends more than there is room for, or makes more room than there was', () => {
    const window = openReceiveWindow()
    window.came(firstWindowBytes)
    expect(() => window.came(1)).toThrow(expect.objectContaining({ code: 'ATTACH.BAD_FRAME' }))
    expect(() => openSendWindow().add(1)).toThrow(expect.objectContaining({ code: 'ATTACH.BAD_FRAME' }))
  })

  test('never stand still while the other side reads on', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 32_768 }), { maxLength: 200 }), (pieces) => {
        const window = openReceiveWindow()
        let room = firstWindowBytes
        for (const piece of pieces) {
          expect(room).toBeGreaterThanOrEqual(32_768)
          room -= piece
          window.came(piece)
          room += window.done(piece)
        }
      }),
    )
  })
})

function lengthOf(frame: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(frame.length, 0)
  return length
}
