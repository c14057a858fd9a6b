import { createHash } from 'node:crypto'
import type { Person } from '@berth/domain'
import { renderError } from '@berth/observe'
import ssh2, { type AuthContext, type KeyboardAuthContext, type PublicKeyAuthContext } from 'ssh2'
import { pushError } from './errors.ts'
import type { ReceiverParts } from './parts.ts'

/**
 * Who is at the other end of a connection: the owner of the key that signs. A client whose keys are all unknown may ask for
 * keyboard-interactive next; it is never let in that way, but it is the place where it can be told in words what is wrong.
 */
export type SshAuthentication = { answer(context: AuthContext): void; person(): Person | null }

/** An agent offers its keys one after the other, each once unsigned; OpenSSH's own server allows 6. */
const maxTries = 16
const methods: ['publickey', 'keyboard-interactive'] = ['publickey', 'keyboard-interactive']

export function openSshAuthentication(parts: ReceiverParts, hangUp: () => void): SshAuthentication {
  const known = new Map<string, Person | null>()
  let person: Person | null = null
  let tries = 0

  async function ownerOf(key: Buffer): Promise<Person | null> {
    const fingerprint = fingerprintOf(key)
    const found = known.get(fingerprint) ?? (await parts.doorkeeper.personByKey(fingerprint))
    known.set(fingerprint, found)
    return found
  }

  async function tryKey(context: PublicKeyAuthContext): Promise<void> {
    const owner = await ownerOf(context.key.data)
    if (owner === null) return context.reject(methods)
    if (context.signature === undefined) return context.accept()
    if (!isSigned(context)) return context.reject(methods)
    person = owner
    context.accept()
    parts.afterwards.add('key used', () => parts.doorkeeper.keyUsed(fingerprintOf(context.key.data)))
  }

  return {
    person: () => person,
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
