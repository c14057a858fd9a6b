import { createHash } from 'node:crypto'
import { peopleError } from '../errors.ts'
import { KeyReader } from './key-reader.ts'

/**
 * Reads one line as ssh-keygen writes it: `type base64 comment`. Strict, because the result decides who may push: the
 * blob must be exactly one key of the type that the line names. What was given is never part of an error.
 * Formats: RFC 4253 6.6 (rsa), RFC 5656 3.1 (ecdsa), RFC 8709 4 (ed25519), OpenSSH PROTOCOL.u2f (sk-…).
 */
export type PublicKey = {
  type: string
  /** `type base64`, without the comment. */
  publicKey: string
  /** As `ssh-keygen -l` prints it: `SHA256:…` */
  fingerprint: string
  comment: string
}

const maxLineLength = 12_000
const minRsaBits = 2_048
const maxRsaBits = 16_384

/** @throws KEY.INVALID, KEY.PRIVATE */
export function parsePublicKey(given: string): PublicKey {
  if (/PRIVATE KEY|^PuTTY-User-Key-File|^Private-Lines:/m.test(given)) throw peopleError['KEY.PRIVATE']()
  const line = given.trim()
  if (line === '') throw invalid('it is empty')
  if (line.length > maxLineLength) throw invalid('it is too long')
  if (/[\r\n]/.test(line)) throw invalid('it has more than one line')
  const [type = '', base64 = '', ...comment] = line.split(/[ \t]+/)
  const blob = decode(type, base64)
  return {
    type,
    publicKey: `${type} ${base64}`,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    comment: comment.join(' '),
  }
}

function decode(type: string, base64: string): Buffer {
  const readRest = Object.hasOwn(types, type) ? types[type] : undefined
  if (type === 'ssh-dss') throw invalid('DSA keys are not safe any more')
  if (type.includes('-cert-v01@')) throw invalid('it is a certificate')
  if (
    readRest === undefined &&
    Object.keys(types).some((known) => base64.includes(known) || type.includes(known))
  )
    throw invalid('options before the key are not accepted')
  if (readRest === undefined) throw invalid('it begins with no key type that Berth knows')
  const blob = Buffer.from(base64, 'base64')
  if (blob.length === 0 || blob.toString('base64') !== base64) throw invalid('its middle part is not whole')
  const reader = new KeyReader(blob)
  if (reader.text() !== type) throw invalid('its content is of another type than it says')
  const problem = readRest(reader)
  if (problem !== null) throw invalid(problem)
  if (reader.broken || !reader.atEnd) throw invalid('its middle part is not whole')
  return blob
}

/** Each reads what follows the type's name in the blob, and tells what is wrong with it. */
const types: Record<string, (reader: KeyReader) => string | null> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': (reader) => ecdsa(reader, 'nistp256', 65),
  'ecdsa-sha2-nistp384': (reader) => ecdsa(reader, 'nistp384', 97),
  'ecdsa-sha2-nistp521': (reader) => ecdsa(reader, 'nistp521', 133),
  'ssh-rsa': rsa,
  'sk-ssh-ed25519@openssh.com': (reader) => ed25519(reader) ?? application(reader),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) => ecdsa(reader, 'nistp256', 65) ?? application(reader),
}

function ed25519(reader: KeyReader): string | null {
  return reader.bytes().length === 32 ? null : 'its middle part is not whole'
}

function ecdsa(reader: KeyReader, curve: string, pointLength: number): string | null {
  if (reader.text() !== curve) return 'it names another curve than its type'
  const point = reader.bytes()
  return point.length === pointLength && point[0] === 4 ? null : 'its middle part is not whole'
}

function rsa(reader: KeyReader): string | null {
  const exponent = reader.bytes()
  const bits = bitLength(reader.bytes())
  if (bits === null || bitLength(exponent) === null) return 'its middle part is not whole'
  if (bits < minRsaBits) return `an RSA key needs ${minRsaBits} bits, and this one has ${bits}`
  return bits > maxRsaBits ? `an RSA key may have ${maxRsaBits} bits at most` : null
}

function application(reader: KeyReader): string | null {
  return reader.text() === '' ? 'its middle part is not whole' : null
}

/** Of an mpint (RFC 4251, 5): big-endian, positive, without needless zeros. Null: it is none. */
function bitLength(number: Buffer): number | null {
  const [first, second] = number
  if (first === undefined || first > 0x7f) return null
  if (first === 0 && (second === undefined || second < 0x80)) return null
  const digits = first === 0 ? number.subarray(1) : number
  return digits.length * 8 - Math.clz32(digits[0] ?? 0) + 24
}

function invalid(reason: string) {
  return peopleError['KEY.INVALID']({ reason })
}
