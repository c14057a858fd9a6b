import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CommandRunner, command } from '@berth/command'
import { readIfThere } from './files.ts'

const tenYearsDays = '3650'

/**
 * What is shown for a host that has no certificate: one that nobody vouches for, made once and kept. Its key is written
 * by openssl into a directory that only we may enter, and is in no argument.
 */
export async function ensureDefaultCertificate(path: string, runner: CommandRunner): Promise<void> {
  if (((await readIfThere(path)) ?? '') !== '') return
  const directory = await mkdtemp(join(dirname(path), 'making-'))
  try {
    const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const names = ['-subj', '/CN=Berth', '-addext', 'subjectAltName=DNS:berth.invalid']
    const files = ['-keyout', key, '-out', certificate]
    await runner.run(command('openssl', 'req', '-x509', ...kind, '-days', tenYearsDays, ...names, ...files), {
      timeoutMs: 30_000,
    })
    const made = join(directory, 'default.pem')
    await writeFile(made, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')), {
      mode: 0o600,
      flush: true,
    })
    await rename(made, path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
