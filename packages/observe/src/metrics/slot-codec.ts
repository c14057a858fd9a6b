import { crc32 } from 'node:zlib'
import { bucketCount } from './latency-histogram.ts'
import type { Traffic } from './traffic.ts'
import type { Usage } from './usage.ts'

/**
 * A slot of a ring as bytes: `crc (4) · seconds since 1970 (4) · value`. The CRC is of all that follows, begun with the
 * format's version, so that half a slot, a slot of another format and a slot that was never written all read as none.
 */
export type SlotCodec<Value> = {
  /** Of a whole slot. */
  bytes: number
  encode(value: Value, at: number): Buffer
  /** Null: it is not a slot of that moment. */
  decode(slot: Buffer, at: number): Value | null
}

const version = 1
const headBytes = 8

function codec<Value>(
  valueBytes: number,
  write: (value: Value, into: Buffer) => void,
  read: (from: Buffer) => Value,
): SlotCodec<Value> {
  const bytes = headBytes + valueBytes
  return {
    bytes,
    encode(value, at) {
      const slot = Buffer.alloc(bytes)
      slot.writeUInt32LE(at / 1_000, 4)
      write(value, slot.subarray(headBytes))
      slot.writeUInt32LE(crc32(slot.subarray(4), version), 0)
      return slot
    },
    decode(slot, at) {
      const isOfThen = slot.length === bytes && slot.readUInt32LE(4) === at / 1_000
      if (!isOfThen || slot.readUInt32LE(0) !== crc32(slot.subarray(4), version)) return null
      return read(slot.subarray(headBytes))
    },
  }
}

/** As 32-bit floats: seven digits are enough for a plot. */
const usageFields = [
  ...(['coveredMs', 'cpuMs', 'cpuPeak', 'memoryByteMs', 'memoryPeakBytes', 'memoryLimitBytes'] as const),
  ...(['receivedBytes', 'sentBytes', 'readBytes', 'writtenBytes', 'pidsPeak', 'restarts'] as const),
] as const satisfies readonly (keyof Usage)[]

export const usageCodec: SlotCodec<Usage> = codec(
  usageFields.length * 4,
  (usage, into) => {
    for (const [place, field] of usageFields.entries()) into.writeFloatLE(usage[field], place * 4)
  },
  (from) =>
    Object.fromEntries(usageFields.map((field, place) => [field, from.readFloatLE(place * 4)])) as Usage,
)

const latencyPlace = 5 * 4 + 2 * 4

export const trafficCodec: SlotCodec<Traffic> = codec(
  latencyPlace + bucketCount * 2,
  ({ statuses, requestBytes, responseBytes, latency }, into) => {
    for (const [place, counted] of statuses.entries())
      into.writeUInt32LE(Math.min(counted, 0xffffffff), place * 4)
    into.writeFloatLE(requestBytes, 20)
    into.writeFloatLE(responseBytes, 24)
    for (const [bucket, counted] of latency.entries())
      into.writeUInt16LE(packCount(counted), latencyPlace + bucket * 2)
  },
  (from) => ({
    statuses: [
      ...([from.readUInt32LE(0), from.readUInt32LE(4), from.readUInt32LE(8)] as const),
      ...([from.readUInt32LE(12), from.readUInt32LE(16)] as const),
    ],
    requestBytes: from.readFloatLE(20),
    responseBytes: from.readFloatLE(24),
    latency: Array.from({ length: bucketCount }, (_, bucket) =>
      unpackCount(from.readUInt16LE(latencyPlace + bucket * 2)),
    ),
  }),
)

const mantissaBits = 12

/** A count in 16 bits: exact up to 4,095, then within 0.02 %, up to 134 million. */
export function packCount(counted: number): number {
  const whole = Math.min(Math.max(0, Math.round(counted)), (2 ** mantissaBits - 1) * 2 ** 15)
  let exponent = Math.max(0, Math.floor(Math.log2(Math.max(1, whole))) + 1 - mantissaBits)
  let mantissa = Math.round(whole / 2 ** exponent)
  // Rounded up to a bit more than there is room for.
  if (mantissa === 2 ** mantissaBits) [mantissa, exponent] = [mantissa / 2, exponent + 1]
  return exponent > 15 ? 0xffff : exponent * 2 ** mantissaBits + mantissa
}

export function unpackCount(packed: number): number {
  return (packed % 2 ** mantissaBits) * 2 ** Math.floor(packed / 2 ** mantissaBits)
}
