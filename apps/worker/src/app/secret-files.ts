import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CommandRunner, command } from '@berth/command'
import type { Release } from '@berth/domain'
import { workerError } from '../errors.ts'

/**
 * The secret files of releases that run, in memory: a directory a release, which its instances have under /run/secrets. A
 * directory appears whole, by rename. It is there before a container of the release is made, and goes once none is left.
 */
export interface SecretFiles {
  /** Where a release's files are; null: it has none. @throws WORKER.NO_ROOM_FOR_SECRETS */
  provide(release: Pick<Release, 'appId' | 'version' | 'secretFiles'>): Promise<string | null>
  /** Takes away what no release needs any more. What is so young that its container may still be on its way stays. */
  keepOnly(isNeeded: (release: { appId: string; version: number }) => boolean): Promise<void>
}

/** Of all apps together: it is memory. */
const mostBytes = 128 * 1024 * 1024
const youngMs = 10 * 60_000

/** `directory` is for root alone, and lies in memory: see `mountMemory`. */
export function openSecretFiles(directory: string): SecretFiles {
  return {
    async provide({ appId, version, secretFiles }) {
      if (Object.keys(secretFiles).length === 0) return null
      const place = join(directory, `${appId}.v${version}`)
      if (!(await exists(place))) await make(directory, place, secretFiles)
      return place
    },
    async keepOnly(isNeeded) {
      for (const name of await readdir(directory)) {
        const [, appId, version] = /^([0-9a-f-]{36})\.v(\d+)$/.exec(name) ?? []
        if (appId !== undefined && isNeeded({ appId, version: Number(version) })) continue
        const place = join(directory, name)
        const made = await stat(place).catch(() => null)
        if (made !== null && Date.now() - made.mtimeMs > youngMs)
          await rm(place, { recursive: true, force: true })
      }
    },
  }
}

async function make(
  directory: string,
  place: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const unfinished = join(directory, `new-${randomUUID()}`)
  try {
    // Whoever an instance runs as reads them; who else is on the machine does not come as far as here.
    await mkdir(unfinished, { mode: 0o755 })
    for (const [name, content] of Object.entries(files))
      await writeFile(join(unfinished, name), Buffer.from(content, 'base64'), { mode: 0o444, flag: 'wx' })
    await rename(unfinished, place).catch(async (error: NodeJS.ErrnoException) => {
      // Another deployment of the release was quicker: its files are the same.
      if (!(await exists(place))) throw error
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw workerError['WORKER.NO_ROOM_FOR_SECRETS']({ mostBytes })
    throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/**
 * A file system in memory, for root alone, in the mount namespace of whoever calls this: each worker has its own, and what a
 * former one had there lasts as long as the containers that it started. Not `noexec`: a container's user namespace could not
 * mount it read-only, because that flag would have to stay.
 */
export async function mountMemory(directory: string, commands: CommandRunner): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const [own, above] = await Promise.all([stat(directory), stat(dirname(directory))])
  if (own.dev !== above.dev) return
  const options = `mode=0700,nosuid,nodev,size=${mostBytes}`
  await commands.run(command('mount', '-t', 'tmpfs', '-o', options, '--', 'berth-secret-files', directory))
}
