import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { peopleError } from '../errors.ts'

/**
 * Secrets of teams, as the database keeps them: sealed, so that a copy of the database tells nothing without the key, which
 * is a file of its own (ensure-secret.ts). AES-256-GCM with a random nonce for each value. Where a value lies is sealed with
 * it: moved to another row or another team, it cannot be opened. It does not hide a value's length, and does not keep a
 * former value from being put back.
 *
 * The bytes: version (1) · nonce (12) · tag (16) · cipher text.
 */
export type Sealing = {
  /** With the newest key. */
  seal(plain: string, place: SealedPlace): Uint8Array<ArrayBuffer>
  /** With whichever key opens it. @throws SECRET.UNREADABLE */
  unseal(sealed: Uint8Array, place: SealedPlace): string
  /** The same value with the newest key; null where that sealed it. @throws SECRET.UNREADABLE */
  reseal(sealed: Uint8Array, place: SealedPlace): Uint8Array<ArrayBuffer> | null
}

/** `row` is what tells rows of one team in this table apart: an id, a host. Of no team: a row with an id of its own. */
export type SealedPlace = { table: string; row: string; teamId: string | null }

/** The texts of the keys, the newest first. Asked for at each use: they may change while a process runs. */
export type SealingKeys = () => readonly string[]

const version = 1
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + nonceBytes + tagBytes

/** `keys`: of `sealingKeys`; or the text of one. */
export function openSealing(keys: string | SealingKeys): Sealing {
  const known = typeof keys === 'string' ? () => [keys] : keys
  const newest = () => keyOf(newestOf(known()))
  return {
    seal: (plain, place) => sealWith(newest(), plain, place),
    unseal: (sealed, place) => open(sealed, place, known()).plain,
    reseal(sealed, place) {
      const { plain, key } = open(sealed, place, known())
      return key === newest() ? null : sealWith(newest(), plain, place)
    },
  }
}

function newestOf([secret]: readonly string[]): string {
  if (!secret) throw peopleError['SECRET.NO_KEY']()
  return secret
}

function sealWith(key: Buffer, plain: string, place: SealedPlace): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(boundTo(place))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return new Uint8Array(Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), text]))
}

function open(
  sealed: Uint8Array,
  place: SealedPlace,
  secrets: readonly string[],
): { plain: string; key: Buffer } {
  for (const key of secrets.map(keyOf)) {
    const plain = openWith(key, Buffer.from(sealed), place)
    if (plain !== null) return { plain, key }
  }
  throw unreadable(place)
}

/** Null: it does not open, and why is nobody's to know. */
function openWith(key: Buffer, bytes: Buffer, place: SealedPlace): string | null {
  if (bytes.length < headBytes || bytes[0] !== version) return null
  try {
    const nonce = bytes.subarray(1, 1 + nonceBytes)
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(boundTo(place))
    decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headBytes))
    return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

const derived = new Map<string, Buffer>()

/** A process sees a few keys in its life: each is derived once. */
function keyOf(secret: string): Buffer {
  const known = derived.get(secret)
  if (known) return known
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'berth: sealed values, version 1', 32))
  derived.set(secret, key)
  return key
}

/** JSON keeps the parts apart, whatever they hold. */
function boundTo({ table, row, teamId }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([version, table, row, teamId]))
}

function unreadable({ row }: SealedPlace) {
  return peopleError['SECRET.UNREADABLE']({ what: row })
}
