import { Secret } from '@berth/command'
import {
  certificateLine,
  certificateListFile,
  certificateName,
  certificatePath,
} from '../../certificate-name.ts'
import { routeError } from '../../errors.ts'
import type { ServedCertificate } from '../../front-door.ts'
import type { Ask } from './socket.ts'

/**
 * Certificates of a running HAProxy. Names say what is in them, so each of these steps may have been done already, by an
 * `apply` that did not come to its end. Source of the words: HAProxy 2.6's management guide, 9.3, and its
 * src/ssl_ckch.c and src/ssl_crtlist.c.
 */

/** @throws ROUTE.CERTIFICATE_REFUSED, ROUTE.NOT_ANSWERING */
export async function addCertificate(ask: Ask, certificate: ServedCertificate): Promise<void> {
  const path = certificatePath(certificateName(certificate))
  const known = await ask(`new ssl cert ${path}`)
  try {
    expect(known, /New empty certificate store|already exists/)
    expect(
      await ask(`set ssl cert ${path}`, certificate.pem),
      /Transaction (?:created|updated) for certificate/,
    )
    expect(await ask(`commit ssl cert ${path}`), /Success!/)
    const line = new Secret(`${certificateLine(certificate)}\n`)
    expect(await ask(`add ssl crt-list ${certificateListFile}`, line), /Success!/)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await ask(`abort ssl cert ${path}`)
    await ask(`del ssl cert ${path}`)
    throw routeError['ROUTE.CERTIFICATE_REFUSED']({ id: certificate.id, words: error.message })
  }
}

/** Connections that were made with it go on. */
export async function removeCertificate(ask: Ask, name: string): Promise<void> {
  const path = certificatePath(name)
  const unlisted = await ask(`del ssl crt-list ${certificateListFile} ${path}`)
  settled(unlisted, /deleted in crtlist|does not exist|is not in/)
  const aborted = await ask(`abort ssl cert ${path}`)
  settled(aborted, /Transaction aborted|No ongoing transaction/)
  settled(await ask(`del ssl cert ${path}`), /deleted!|doesn't exist|does not exist/)
}

/** What HAProxy says of a certificate names its file and its flaw, and nothing of its key. */
class Refused extends Error {}

function expect(words: string, fine: RegExp): void {
  if (!fine.test(words)) throw new Refused(words)
}

function settled(words: string, fine: RegExp): void {
  if (!fine.test(words)) throw routeError['ROUTE.COMMAND_REFUSED']({ words })
}
