import { randomBytes } from 'node:crypto'
import { chmod, chown, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { places, type Settings } from '@berth/domain'

/**
 * The secret that signs session cookies: made once, kept in a file that root owns and the group of the dashboard may
 * read. Losing it signs everybody out, and no more.
 */
export function secretPath(settings: Pick<Settings, 'home' | 'run'>): string {
  return `${places(settings).secrets}/sessions`
}

/** Made by the supervisor, as root; `groupId` is the group `berth`. Safe against a crash and a second maker. */
export async function ensureSecret(
  settings: Pick<Settings, 'home' | 'run'>,
  { groupId }: { groupId: number },
): Promise<void> {
  const directory = places(settings).secrets
  await mkdir(directory, { recursive: true })
  await chown(directory, 0, groupId)
  await chmod(directory, 0o750)
  const unfinished = `${secretPath(settings)}.${process.pid}`
  await rm(unfinished, { force: true })
  await writeFile(unfinished, randomBytes(32).toString('base64url'), { mode: 0o640, flag: 'wx', flush: true })
  await chown(unfinished, 0, groupId)
  await link(unfinished, secretPath(settings)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(unfinished)
}

/** For the dashboard: what `ensureSecret` made. */
export async function readSecret(settings: Pick<Settings, 'home' | 'run'>): Promise<string> {
  return (await readFile(secretPath(settings), 'utf8')).trim()
}
