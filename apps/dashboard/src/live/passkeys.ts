import { askAuth, type Refusal } from './ask-auth.ts'

/** Passkeys, with what browsers bring: options and answers go over the wire as JSON (WebAuthn Level 3). */
const broken: Refusal = {
  message: 'The passkey was not taken.',
  hint: 'Try again, or use another. It has to ask for a PIN, a fingerprint or a face.',
}
const notHere: Refusal = {
  message: 'This browser has no passkeys here.',
  hint: 'Open the dashboard at its own name, not at an address of numbers, in a current browser.',
}

export function havePasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** Null: signed in. */
export async function signInWithPasskey(): Promise<Refusal | null> {
  if (!havePasskeys()) return notHere
  const options = await askAuth('passkey/generate-authenticate-options', null, broken)
  if (!options.ok) return options.refusal
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.body as never)
    const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null
    if (credential === null) return broken
    const given = { response: credential.toJSON() }
    const answer = await askAuth('passkey/verify-authentication', given, broken)
    return answer.ok ? null : answer.refusal
  } catch {
    // Called off by the person, or nothing fits: the browser has said so.
    return broken
  }
}

/** Null: it is there. */
export async function addPasskey(name: string): Promise<Refusal | null> {
  if (!havePasskeys()) return notHere
  const options = await askAuth('passkey/generate-register-options', null, broken)
  if (!options.ok) return options.refusal
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.body as never)
    const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null
    if (credential === null) return broken
    const answer = await askAuth(
      'passkey/verify-registration',
      { response: credential.toJSON(), name },
      broken,
    )
    return answer.ok ? null : answer.refusal
  } catch {
    return broken
  }
}
