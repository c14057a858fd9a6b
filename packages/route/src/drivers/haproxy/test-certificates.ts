import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { command, localRunner, Secret } from '@berth/command'

/** Certificates that sign themselves, each made anew by openssl: PEM with the key behind it. */
export type TemporaryCertificates = {
  make(...hosts: string[]): Promise<Secret>
  remove(): Promise<void>
}

export async function temporaryCertificates(): Promise<TemporaryCertificates> {
  const directory = await mkdtemp('/tmp/berth-certificates-')
  let count = 0
  return {
    async make(...hosts) {
      count += 1
      const [certificate, key] = [join(directory, `${count}.pem`), join(directory, `${count}.key`)]
      const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      const names = [
        '-subj',
        `/CN=${hosts[0]}`,
        '-addext',
        `subjectAltName=${hosts.map((host) => `DNS:${host}`)}`,
      ]
      const files = ['-out', certificate, '-keyout', key]
      await localRunner.run(command('openssl', 'req', '-x509', ...kind, ...names, ...files))
      return new Secret((await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')))
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
