import { createHmac } from 'node:crypto'

/**
 * What HAProxy compares for HTTP basic authentication. It asks for each request, and a slow hash would take the front
 * door's processor from everybody; so it is an HMAC with a key that only the sealed record and HAProxy's configuration
 * hold, which root alone may read. `key`: 32 bytes in base64.
 */
export function authVerifier(key: string, name: string, password: string): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'base64'))
  return hmac.update(`${name}:${password}`).digest('hex').toUpperCase()
}
