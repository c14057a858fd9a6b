import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { places } from '@berth/domain'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ensureSecret, secretPath } from '../ensure-secret.ts'
import { addSealingKey, dropFormerSealingKeys, platformSealing } from './sealing-keys.ts'

const place = { table: 'AppConfiguration', row: 'one', teamId: null }
let settings: { home: string; run: string }

beforeEach(async () => {
  const home = await mkdtemp('/tmp/berth-keys-')
  onTestFinished(() => rm(home, { recursive: true }))
  settings = { home, run: home }
  await ensureSecret(settings, { groupId: 12_345 })
})

test('a process that runs goes on while the key is turned, and after it', async () => {
  const running = platformSealing(settings)
  const sealed = running.seal('value', place)
  await addSealingKey(settings)
  const anew = running.reseal(sealed, place)
  expect(running.unseal(sealed, place)).toBe('value')
  await dropFormerSealingKeys(settings)
  expect(running.unseal(anew ?? new Uint8Array(), place)).toBe('value')
  expect(() => running.unseal(sealed, place)).toThrow(expect.objectContaining({ code: 'SECRET.UNREADABLE' }))
})

test('a turning that was not finished is gone on with: no second key is made', async () => {
  expect(await addSealingKey(settings)).toEqual({ added: true })
  const text = await readFile(secretPath(settings, 'sealing'), 'utf8')
  expect(await addSealingKey(settings)).toEqual({ added: false })
  expect(await readFile(secretPath(settings, 'sealing'), 'utf8')).toBe(text)
})

test('the file keeps its owner, its group and its mode, and what a crash left beside it goes', async () => {
  await writeFile(`${secretPath(settings, 'sealing')}.next`, 'half')
  await addSealingKey(settings)
  const { mode, uid, gid } = await stat(secretPath(settings, 'sealing'))
  expect({ mode: mode & 0o777, uid, gid }).toEqual({ mode: 0o640, uid: 0, gid: 12_345 })
  expect(await readdir(places(settings).secrets)).not.toContain('sealing.next')
})

test('a key file that is gone or empty says so', async () => {
  const sealing = platformSealing(settings)
  await writeFile(secretPath(settings, 'sealing'), '\n')
  expect(() => sealing.seal('value', place)).toThrow(expect.objectContaining({ code: 'SECRET.NO_KEY' }))
  await rm(secretPath(settings, 'sealing'))
  expect(() => sealing.seal('value', place)).toThrow(expect.objectContaining({ code: 'SECRET.NO_KEY' }))
})
