import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { mountMemory, openSecretFiles } from './secret-files.ts'

const appId = '11111111-2222-3333-4444-555555555555'
const release = { appId, version: 3, secretFiles: { 'key.pem': Buffer.from('canary').toString('base64') } }
let directory: string

beforeEach(async () => {
  directory = await mkdtemp('/tmp/berth-secret-files-')
  onTestFinished(() => rm(directory, { recursive: true }))
})

async function makeOld() {
  const past = new Date(Date.now() - 3_600_000)
  for (const name of await readdir(directory)) await utimes(`${directory}/${name}`, past, past)
}

test('a release’s files are there once, whoever asks how often, and can be read by whoever the instance runs as', async () => {
  const files = openSecretFiles(directory)
  const places = await Promise.all(Array.from({ length: 5 }, () => files.provide(release)))
  expect(new Set(places)).toEqual(new Set([`${directory}/${appId}.v3`]))
  expect(await readFile(`${places[0]}/key.pem`, 'utf8')).toBe('canary')
  expect((await stat(`${places[0]}/key.pem`)).mode & 0o777).toBe(0o444)
  expect(await readdir(directory)).toEqual([`${appId}.v3`])
})

test('a release without files has no directory', async () => {
  expect(await openSecretFiles(directory).provide({ ...release, secretFiles: {} })).toBeNull()
  expect(await readdir(directory)).toEqual([])
})

test('what nobody needs goes, with what a crash left half made; what is needed or young stays', async () => {
  const files = openSecretFiles(directory)
  await files.provide(release)
  await files.provide({ ...release, version: 4 })
  await makeOld()
  await files.provide({ ...release, version: 5 })
  await files.keepOnly(({ version }) => version === 4)
  expect((await readdir(directory)).sort()).toEqual([`${appId}.v4`, `${appId}.v5`])
})

test('all of them together are bounded, because it is memory; what has no room leaves nothing behind', async () => {
  await mountMemory(directory, localRunner)
  try {
    const content = Buffer.alloc(60_000_000).toString('base64')
    const files = openSecretFiles(directory)
    await files.provide({ ...release, secretFiles: { one: content, two: content } })
    const more = files.provide({ ...release, version: 4, secretFiles: { one: content } })
    await expect(more).rejects.toMatchObject({ code: 'WORKER.NO_ROOM_FOR_SECRETS' })
    expect(await readdir(directory)).toEqual([`${appId}.v3`])
    await mountMemory(directory, localRunner)
    expect(await readdir(directory)).toEqual([`${appId}.v3`])
  } finally {
    await localRunner.run(command('umount', '--', directory))
  }
})
