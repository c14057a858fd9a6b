/**
 * Messages to the kernel's network configuration and its answers, as bytes. Pure; what the numbers mean stands in
 * link-messages.ts. Sources: netlink(7), include/uapi/linux/netlink.h. Integers have the machine's byte order, which is
 * little on everything that Berth runs on.
 */
export type Request = {
  type: number
  /** Beyond NLM_F_REQUEST, which every request has, and NLM_F_ACK. */
  flags?: number
  /** The fixed part, then attributes. */
  parts: readonly Buffer[]
}

export type Answer = { type: number; flags: number; sequence: number; payload: Buffer }

const headerBytes = 16
const attributeHeaderBytes = 4
const mostAttributeBytes = 65_535
const nestedFlag = 0x8000
const flagRequest = 1
const flagAcknowledge = 4

export const answerError = 2
export const answerDone = 3

/** `acknowledge`: it is answered also when it is carried out; when it is refused, always. */
export function encodeRequest(request: Request, sequence: number, acknowledge = true): Buffer {
  const body = Buffer.concat(request.parts)
  const always = flagRequest | (acknowledge ? flagAcknowledge : 0)
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(headerBytes + body.length, 0)
  header.writeUInt16LE(request.type, 4)
  header.writeUInt16LE((request.flags ?? 0) | always, 6)
  header.writeUInt32LE(sequence, 8)
  return Buffer.concat([header, body])
}

export function bytes(type: number, value: Uint8Array): Buffer {
  const length = attributeHeaderBytes + value.length
  if (length > mostAttributeBytes) throw new RangeError(`An attribute of ${value.length} bytes.`)
  const attribute = Buffer.alloc(padded(length))
  attribute.writeUInt16LE(length, 0)
  attribute.writeUInt16LE(type, 2)
  attribute.set(value, attributeHeaderBytes)
  return attribute
}

/** Ends with a NUL, as the kernel wants names. */
export function text(type: number, value: string): Buffer {
  return bytes(type, Buffer.from(`${value}\0`))
}

export function number8(type: number, value: number): Buffer {
  return bytes(type, Buffer.from([value]))
}

export function number32(type: number, value: number): Buffer {
  const room = Buffer.alloc(4)
  room.writeUInt32LE(value)
  return bytes(type, room)
}

export function nested(type: number, ...attributes: readonly Buffer[]): Buffer {
  return bytes(type | nestedFlag, Buffer.concat(attributes))
}

/** What one datagram of the kernel holds. Ends at the first message whose length cannot be. */
export function decodeAnswers(datagram: Buffer): Answer[] {
  const answers: Answer[] = []
  for (let at = 0; at + headerBytes <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < headerBytes || at + length > datagram.length) break
    answers.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      payload: datagram.subarray(at + headerBytes, at + length),
    })
    at += padded(length)
  }
  return answers
}

/** By type; the last of a type counts. */
export function decodeAttributes(payload: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + attributeHeaderBytes <= payload.length; ) {
    const length = payload.readUInt16LE(at)
    if (length < attributeHeaderBytes || at + length > payload.length) break
    const type = payload.readUInt16LE(at + 2) & ~nestedFlag
    found.set(type, payload.subarray(at + attributeHeaderBytes, at + length))
    at += padded(length)
  }
  return found
}

const flagCapped = 0x100
const flagHasText = 0x200
const attributeText = 1

/** What an answer of the type `answerError` says; number 0: the request was carried out. */
export function decodeError({ flags, payload }: Answer): { errno: number; text: string | null } {
  if (payload.length < 4 + headerBytes) return { errno: 0, text: null }
  const errno = Math.abs(payload.readInt32LE(0))
  if ((flags & flagHasText) === 0) return { errno, text: null }
  const requestBytes = (flags & flagCapped) !== 0 ? headerBytes : payload.readUInt32LE(4)
  const words = decodeAttributes(payload.subarray(4 + padded(requestBytes))).get(attributeText)
  return { errno, text: words?.toString('utf8').replace(/\0.*$/s, '') ?? null }
}

function padded(length: number): number {
  return (length + 3) & ~3
}
