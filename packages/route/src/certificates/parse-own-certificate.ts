import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { Secret } from '@berth/command'
import { certificateBytes } from '../check-table.ts'
import type { Obtained } from './certificate-store.ts'
import { certificateError } from './errors.ts'

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const keyBlock =
  /-----BEGIN (?:(?:RSA|EC) )?PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END (?:(?:RSA|EC) )?PRIVATE KEY-----/

/** RSA below this, and curves besides these, OpenSSL refuses to serve or clients to take. */
const leastRsaBits = 2_048
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const longestChain = 10

/**
 * What somebody gives as the certificate of their app, or an authority has given, made sure of: it is in PEM, its key is its
 * own and strong enough, it counts today, and each certificate is followed by the one that has signed it. What comes back
 * is written anew, and holds nothing else that stood in the text. @throws CERTIFICATE.UNUSABLE
 */
export function parseCertificate(given: { certificate: string; key: string }, now = Date.now()): Obtained {
  const chain = inOrder(readChain(given.certificate))
  const [leaf] = chain
  const key = readKey(given.key)
  if (!leaf.checkPrivateKey(key)) throw unusable('its private key is another one’s')
  const [notBefore, notAfter] = [leaf.validFromDate, leaf.validToDate]
  if (notAfter.getTime() <= now) throw unusable(`it expired on ${day(notAfter)}`)
  if (notBefore.getTime() > now + 5 * 60_000) throw unusable(`it only counts from ${day(notBefore)} on`)
  if (certificateNames(leaf).length === 0) throw unusable('it is for no host name')
  const text = chain.map((one) => one.toString().trim()).join('\n')
  const keyText = key.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  if (text.length + keyText.length + 2 > certificateBytes)
    throw unusable(`with its chain and key it has more than ${certificateBytes} bytes`)
  requireServable(text, keyText)
  return { chain: `${text}\n`, key: new Secret(`${keyText}\n`), notBefore, notAfter }
}

/** The host names that stand in it, lower case; what is no host name (addresses, mail) is left out. */
export function certificateNames(certificate: X509Certificate | string): string[] {
  const read = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  const names = (read.subjectAltName ?? '').split(', ')
  const hosts = names
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length).toLowerCase())
  return hosts.filter((name) => /^(?:\*\.)?[a-z0-9._-]{1,253}$/.test(name))
}

/** RFC 6125: a wildcard stands for one label, and for no other wildcard than itself. */
export function covers(name: string, host: string): boolean {
  return (
    name === host || (name.startsWith('*.') && !host.startsWith('*.') && host.replace(/^[^.]+/, '*') === name)
  )
}

function readChain(text: string): X509Certificate[] {
  const blocks = text.match(block) ?? []
  if (blocks.length === 0) throw unusable('it is not in PEM')
  if (blocks.length > longestChain) throw unusable(`its chain has more than ${longestChain} certificates`)
  return blocks.map((one) => {
    try {
      return new X509Certificate(one)
    } catch {
      throw unusable('it cannot be read')
    }
  })
}

/** The one that no other was signed by comes last; a root may be missing, and is left out where it signs itself. */
function inOrder(chain: X509Certificate[]): [X509Certificate, ...X509Certificate[]] {
  const [leaf, ...others] = chain
  if (leaf === undefined) throw unusable('it is not in PEM')
  const ordered: [X509Certificate, ...X509Certificate[]] = [leaf]
  const left = [...others]
  while (left.length > 0) {
    const last = ordered.at(-1) ?? leaf
    const index = left.findIndex((one) => last.checkIssued(one) && last.verify(one.publicKey))
    const [next] = index === -1 ? [] : left.splice(index, 1)
    if (next === undefined)
      throw unusable('its chain holds certificates that have not signed it; the app’s own comes first')
    if (!next.ca) throw unusable('its chain holds a certificate that may sign none')
    ordered.push(next)
  }
  return ordered
}

function readKey(text: string): KeyObject {
  if (text.includes('ENCRYPTED')) throw unusable('its private key has a pass phrase')
  const found = keyBlock.exec(text)?.[0]
  if (found === undefined) throw unusable('its private key is not in PEM')
  let key: KeyObject
  try {
    key = createPrivateKey(found)
  } catch {
    // What is wrong with a key is told by nothing that stands in it.
    throw unusable('its private key cannot be read')
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  const isRsa = key.asymmetricKeyType === 'rsa' && modulusLength >= leastRsaBits && modulusLength <= 8_192
  const isEc = key.asymmetricKeyType === 'ec' && curves.has(namedCurve)
  if (!isRsa && !isEc)
    throw unusable(
      `its private key is neither RSA of at least ${leastRsaBits} bits nor ECDSA on P-256, P-384 or P-521`,
    )
  return key
}

/** OpenSSL has rules of its own on what it serves (signatures with SHA-1, short keys in the chain). */
function requireServable(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`OpenSSL refuses it (${code ?? 'no reason given'})`)
  }
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10)
}

function unusable(problem: string) {
  return certificateError['CERTIFICATE.UNUSABLE']({ problem })
}
