import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Settings } from '@berth/domain'
import { secretPath } from '../ensure-secret.ts'
import { peopleError } from '../errors.ts'
import { openSealing, type Sealing, type SealingKeys } from './seal-values.ts'

/**
 * The key file of the platform, `secrets/sealing`: one key a line, the newest first. There is one, but while the key is
 * turned there are two, and both open. The file is replaced whole, so that every process sees the one state or the other;
 * each looks before every use whether it is another, and so goes on working while the key is turned.
 */
type Home = Pick<Settings, 'home' | 'run'>

/** Reads nothing before the first use. */
export function platformSealing(settings: Home): Sealing {
  return openSealing(sealingKeys(settings))
}

export function sealingKeys(settings: Home): SealingKeys {
  const path = secretPath(settings, 'sealing')
  let known: { state: string; keys: readonly string[] } | undefined
  return () => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw peopleError['SECRET.NO_KEY']()
    const state = `${found.ino} ${found.mtimeMs} ${found.size}`
    if (known?.state !== state) known = { state, keys: keysOf(readFileSync(path, 'utf8')) }
    return known.keys
  }
}

/** A new key before the others. Where an earlier turning was not finished there are several already, and none is made. */
export async function addSealingKey(settings: Home): Promise<{ added: boolean }> {
  const keys = keysOf(await readFile(secretPath(settings, 'sealing'), 'utf8'))
  if (keys.length > 1) return { added: false }
  await replaceKeys(settings, [randomBytes(32).toString('base64url'), ...keys])
  return { added: true }
}

/** The former keys open nothing from here on. */
export async function dropFormerSealingKeys(settings: Home): Promise<void> {
  const keys = keysOf(await readFile(secretPath(settings, 'sealing'), 'utf8'))
  if (keys.length > 1) await replaceKeys(settings, keys.slice(0, 1))
}

/** On the disk before it counts, with the owner and mode of the file before: a crash leaves the one or the other whole. */
async function replaceKeys(settings: Home, keys: readonly string[]): Promise<void> {
  const path = secretPath(settings, 'sealing')
  const { uid, gid, mode } = await stat(path)
  const unfinished = `${path}.next`
  await rm(unfinished, { force: true })
  const file = await open(unfinished, 'wx', 0o600)
  try {
    await file.chmod(mode & 0o777)
    await file.chown(uid, gid)
    await file.writeFile(`${keys.join('\n')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  const directory = await open(dirname(path))
  await directory.sync().finally(() => directory.close())
}

function keysOf(text: string): string[] {
  return text.split('\n').flatMap((line) => line.trim() || [])
}
