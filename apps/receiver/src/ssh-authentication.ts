import { createHash } from 'node:crypto'
import { renderError } from '@berth/observe'
import ssh2, { type AuthContext, type KeyboardAuthContext, type PublicKeyAuthContext } from 'ssh2'
import type { Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import type { ReceiverParts } from './parts.ts'

/**
 * Who is at the other end of a connection: the owner of the key that signs, or the key itself, where it is an app's. A client whose keys are all unknown may ask for
 * keyboard-interactive next; it is never let in that way, but it is the place where it can be told in words what is wrong.
 */
export type SshAuthentication = { answer(context: AuthContext): void; visitor(): Visitor | null }

/** An agent offers its keys one after the other, each once unsigned; OpenSSH's own server allows 6. */
const maxTries = 16
const methods: ['publickey', 'keyboard-interactive'] = ['publickey', 'keyboard-interactive']

export function openSshAuthentication(parts: ReceiverParts, hangUp: () => void): SshAuthentication {
  const known = new Map<string, Visitor | null>()
  let visitor: Visitor | null = null
  let tries = 0

  async function ownerOf(key: Buffer): Promise<Visitor | null> {
    const fingerprint = fingerprintOf(key)
    const found = known.get(fingerprint) ?? (await parts.doorkeeper.visitorByKey(fingerprint))
    known.set(fingerprint, found)
    return found
  }

  async function tryKey(context: PublicKeyAuthContext): Promise<void> {
    const owner = await ownerOf(context.key.data)
    if (owner === null) return context.reject(methods)
    if (context.signature === undefined) return context.accept()
    if (!isSigned(context)) return context.reject(methods)
    visitor = owner
    context.accept()
    parts.afterwards.add('key used', () => parts.doorkeeper.keyUsed(fingerprintOf(context.key.data)))
  }

  return {
    visitor: () => visitor,
    answer(context) {
      if (context.method !== 'none') tries += 1
      if (tries > maxTries) hangUp()
      else if (context.method === 'publickey') {
        tryKey(context).catch((error) => {
          parts.log(`asking for a key: ${String(error)}`)
          hangUp()
        })
      } else if (context.method === 'keyboard-interactive') sayWhy(context)
      else context.reject(methods)
    },
  }
}

/** As OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function isSigned({ key, signature, blob, hashAlgo }: PublicKeyAuthContext): boolean {
  const parsed = ssh2.utils.parseKey(key.data)
  if (parsed instanceof Error || signature === undefined || blob === undefined) return false
  // RSA with SHA-1 comes without a name for its hash.
  if (key.algo === 'ssh-rsa' && hashAlgo === undefined) return false
  return parsed.verify(blob, signature, hashAlgo) === true
}

function sayWhy(context: KeyboardAuthContext): void {
  const why = renderError(pushError['PUSH.UNKNOWN_KEY']()).join('\n')
  context.prompt([], '', why, () => context.reject(['publickey']))
}
