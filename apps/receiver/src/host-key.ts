import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import ssh2 from 'ssh2'

/**
 * The server's own key, made at the first start and kept: clients remember it. It appears complete, by link, so that a crash
 * or a second start at the same time cannot leave half of one or replace it.
 */
export async function hostKey(path: string, generate: () => string = generateKey): Promise<string> {
  return (await readIfThere(path)) ?? (await makeKey(path, generate))
}

const generateKey = () => ssh2.utils.generateKeyPairSync('ed25519', { comment: 'berth' }).private
const mostTries = 16

/** ssh2 1.17 drops the leading zeros of a public key, so that one key in 256 is one that it cannot read itself. */
function readableKey(generate: () => string): string {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const key = generate()
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
  throw new Error(`No readable host key was made in ${mostTries} tries.`)
}

async function makeKey(path: string, generate: () => string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  const unfinished = `${path}.${randomUUID()}`
  const key = readableKey(generate)
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
