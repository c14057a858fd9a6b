/**
 * Syslog over a stream with octets counted (RFC 6587, 3.4.1): `LENGTH SP TEXT`, one behind the other. Bytes may end
 * anywhere. Undefined: what comes is no such stream, and the rest of it means nothing.
 */
export function frameReader(maxBytes: number): (bytes: Buffer) => string[] | undefined {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const texts: string[] = []
    let from = 0
    for (;;) {
      const head = readLength(all, from, maxBytes)
      if (head === undefined) return undefined
      if (head === 'unfinished' || head.start + head.length > all.length) break
      texts.push(all.toString('utf8', head.start, head.start + head.length))
      from = head.start + head.length
    }
    rest = Buffer.from(all.subarray(from))
    return texts
  }
}

const mostDigits = 6
const space = 0x20

function readLength(bytes: Buffer, from: number, maxBytes: number) {
  let length = 0
  for (let at = from; at < bytes.length && at <= from + mostDigits; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === space) return at > from && length <= maxBytes ? { start: at + 1, length } : undefined
    if (byte < 0x30 || byte > 0x39) return undefined
    length = length * 10 + byte - 0x30
  }
  return bytes.length - from <= mostDigits ? ('unfinished' as const) : undefined
}
