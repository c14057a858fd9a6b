import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits as base64url: what links and API tokens are made of. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token: its SHA-256 in hex. With 256 random bits, a slow hash with salt would add nothing. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
