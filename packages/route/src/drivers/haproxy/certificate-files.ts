import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { Secret } from '@berth/command'
import { certificateName } from '../../certificate-name.ts'
import type { ServedCertificate } from '../../front-door.ts'
import { readIfThere } from './files.ts'

/** Certificates with their keys, each a file that only its owner reads: HAProxy reads them before it gives up root. */
export async function writeCertificates(
  directory: string,
  certificates: readonly ServedCertificate[],
): Promise<void> {
  const there = new Set(await readdir(directory))
  for (const certificate of certificates) {
    const name = certificateName(certificate)
    if (there.has(name)) continue
    const path = join(directory, name)
    await writeFile(`${path}.next`, certificate.pem.reveal(), { mode: 0o600 })
    await rename(`${path}.next`, path)
  }
}

export async function removeOtherCertificates(
  directory: string,
  certificates: readonly ServedCertificate[],
): Promise<void> {
  const wanted = new Set(certificates.map(certificateName))
  const surplus = (await readdir(directory)).filter((name) => !wanted.has(name))
  await Promise.all(surplus.map((name) => rm(join(directory, name), { force: true })))
}

/**
 * Those of a written table that lie there whole. A power failure may have left a file empty, and HAProxy would not start
 * with it; the worker brings it again.
 */
export async function readCertificateFiles(
  directory: string,
  written: readonly Omit<ServedCertificate, 'pem'>[],
): Promise<ServedCertificate[]> {
  const found = await readNames(directory)
  const read = written.map(async ({ id, hosts }) => {
    for (const name of found.filter((file) => file.startsWith(`${id}.`))) {
      const pem = new Secret((await readIfThere(join(directory, name))) ?? '')
      if (certificateName({ id, hosts, pem }) === name && isServable(pem)) return [{ id, hosts, pem }]
    }
    return []
  })
  return (await Promise.all(read)).flat()
}

async function readNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Does OpenSSL serve it? HAProxy would start with none of the others. */
export function isServable(pem: Secret): boolean {
  try {
    createSecureContext({ cert: pem.reveal(), key: pem.reveal() })
    return true
  } catch {
    // Whatever keeps it from being read would keep HAProxy from it, too.
    return false
  }
}
