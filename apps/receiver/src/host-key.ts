import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import ssh2 from 'ssh2'

/**
 * The server's own key, made at the first start and kept: clients remember it. It appears complete, by link, so that a crash
 * or a second start at the same time cannot leave half of one or replace it.
 */
export async function hostKey(path: string): Promise<string> {
  return (await readIfThere(path)) ?? (await makeKey(path))
}

async function makeKey(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  const unfinished = `${path}.${randomUUID()}`
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'berth' })
  try {
    await writeFile(unfinished, key, { mode: 0o600, flag: 'wx', flush: true })
    await link(unfinished, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(unfinished, { force: true })
  }
  return readFile(path, 'utf8')
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
