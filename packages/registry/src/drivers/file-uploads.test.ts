import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { parseManifestReference, parseRepositoryName } from '../parse-names.ts'
import type { RegistryStore } from '../registry-store.ts'
import { openFileStore } from './file-store.ts'

const shop = parseRepositoryName('shop')
const nobodys = 'f'.repeat(32)
let store: RegistryStore

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'berth-uploads-'))
  onTestFinished(() => rm(home, { recursive: true }))
  store = await openFileStore(home, { mostBlobBytes: 10, mostUploads: 2 })
})

const append = async (id: string, text: string, offset: number | null = null) =>
  store.append(shop, id, { offset, content: pieces(text) })

async function* pieces(text: string) {
  yield Buffer.from(text)
}

test('what is too large is refused as it comes, and what was there stays', async () => {
  const id = await store.startUpload(shop)
  await append(id, '12345')
  await expect(append(id, '678901')).rejects.toMatchObject({ code: 'REGISTRY.BLOB_TOO_LARGE' })
  expect(await store.uploadBytes(shop, id)).toBe(5)
})

test('a piece belongs behind the one before', async () => {
  const id = await store.startUpload(shop)
  await append(id, '12345')
  await expect(append(id, 'x', 7)).rejects.toMatchObject({
    code: 'REGISTRY.RANGE_INVALID',
    message: expect.stringContaining('5'),
  })
  expect(await append(id, '6', 5)).toBe(6)
})

test('a repository has room for so many at a time', async () => {
  const first = await store.startUpload(shop)
  await store.startUpload(shop)
  await expect(store.startUpload(shop)).rejects.toMatchObject({ code: 'REGISTRY.TOO_MANY_UPLOADS' })
  await store.startUpload(parseRepositoryName('other'))
  expect(await store.cancelUpload(shop, first)).toBe(true)
  await store.startUpload(shop)
})

test.each([nobodys, '../shop', ''])('one called %j is not there', async (id) => {
  await expect(append(id, 'x')).rejects.toMatchObject({ code: 'REGISTRY.UPLOAD_UNKNOWN' })
  expect(await store.uploadBytes(shop, id)).toBeUndefined()
  expect(await store.cancelUpload(shop, id)).toBe(false)
})

test.each(['-x', 'a b', '', 'x'.repeat(129), '../v1'])('%j is no tag', (text) => {
  expect(() => parseManifestReference(text)).toThrow(
    expect.objectContaining({ code: 'REGISTRY.TAG_INVALID' }),
  )
})
