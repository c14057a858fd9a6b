import { createHash } from 'node:crypto'
import type { ServedCertificate } from './front-door.ts'

/**
 * How a certificate's file is called, and HAProxy calls it after its file: by what is in it and whom it is shown for. So a
 * name that is there is the right certificate, and another one is another file.
 */
export function certificateName({ id, hosts, pem }: ServedCertificate): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([[...hosts].sort(), pem.reveal()]))
    .digest('hex')
  return `${id}.${digest.slice(0, 24)}.pem`
}

/** A line of HAProxy's crt-list: the file, and the names it is shown for. */
export function certificateLine(certificate: ServedCertificate): string {
  return `${certificatePath(certificateName(certificate))} ${[...certificate.hosts].sort().join(' ')}`
}

export function certificateList(certificates: readonly ServedCertificate[]): string {
  return [...certificates.map(certificateLine)]
    .sort()
    .map((line) => `${line}\n`)
    .join('')
}

/** Beside the configuration, as HAProxy calls them. */
export const certificateListFile = 'certificates.list'
export const certificateDirectory = 'certificates'

export function certificatePath(name: string): string {
  return `${certificateDirectory}/${name}`
}
