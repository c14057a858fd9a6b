import { randomBytes } from 'node:crypto'
import { chmod, chown, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { places, type Settings } from '@berth/domain'

/**
 * The platform's own secrets: made once, each kept in a file that root owns and the group of the dashboard may read.
 *
 * - `sessions` signs session cookies, and encrypts what authenticators are compared with. Losing it signs everybody out, and
 *   takes their authenticators (`berth account remove-second-factor`).
 * - `sealing` opens what the database keeps sealed. Losing it loses those values; a copy of the database without it tells
 *   none of them. Back it up, and not beside the database.
 * - `dns-webhook` signs what is asked of the webhook for DNS records, which knows it too.
 */
export const secretNames = ['sessions', 'sealing', 'dns-webhook'] as const
export type SecretName = (typeof secretNames)[number]

type Home = Pick<Settings, 'home' | 'run'>

export function secretPath(settings: Home, name: SecretName = 'sessions'): string {
  return `${places(settings).secrets}/${name}`
}

/** Made by the supervisor, as root; `groupId` is the group `berth`. Safe against a crash and a second maker. */
export async function ensureSecret(settings: Home, { groupId }: { groupId: number }): Promise<void> {
  const directory = places(settings).secrets
  await mkdir(directory, { recursive: true })
  await chown(directory, 0, groupId)
  await chmod(directory, 0o750)
  for (const name of secretNames) await ensureFile(secretPath(settings, name), groupId)
}

/** What `ensureSecret` made. Not `sealing`, of which there may be two: see `platformSealing`. */
export async function readSecret(
  settings: Home,
  name: Exclude<SecretName, 'sealing'> = 'sessions',
): Promise<string> {
  return (await readFile(secretPath(settings, name), 'utf8')).trim()
}

async function ensureFile(path: string, groupId: number): Promise<void> {
  const unfinished = `${path}.${process.pid}`
  await rm(unfinished, { force: true })
  await writeFile(unfinished, randomBytes(32).toString('base64url'), { mode: 0o640, flag: 'wx', flush: true })
  await chown(unfinished, 0, groupId)
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(unfinished)
}
