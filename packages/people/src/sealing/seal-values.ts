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
  seal(plain: string, place: SealedPlace): Uint8Array<ArrayBuffer>
  /** @throws SECRET.UNREADABLE */
  unseal(sealed: Uint8Array, place: SealedPlace): string
}

/** `row` is what tells rows of one team in this table apart: an id, a host. */
export type SealedPlace = { table: string; row: string; teamId: string }

const version = 1
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + nonceBytes + tagBytes

/** `secret`: the text of the key file. */
export function openSealing(secret: string): Sealing {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'berth: sealed values, version 1', 32))
  return {
    seal(plain, place) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
      cipher.setAAD(boundTo(place))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return new Uint8Array(Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), text]))
    },
    unseal(sealed, place) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < headBytes || bytes[0] !== version) throw unreadable(place)
      const nonce = bytes.subarray(1, 1 + nonceBytes)
      try {
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
        decipher.setAAD(boundTo(place))
        decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headBytes))
        return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()]).toString('utf8')
      } catch {
        // Why it does not open is nobody's to know.
        throw unreadable(place)
      }
    },
  }
}

/** JSON keeps the parts apart, whatever they hold. */
function boundTo({ table, row, teamId }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([version, table, row, teamId]))
}

function unreadable({ row }: SealedPlace) {
  return peopleError['SECRET.UNREADABLE']({ what: row })
}
