import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '@berth/command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProjectQuotas } from '../quota/project-quotas.ts'
import { fakeQuotaCalls } from '../testing/fake-quota-calls.ts'
import { openVolumes, type VolumeUser } from './open-volumes.ts'

let home: string
let fake: ReturnType<typeof fakeQuotaCalls>
let user: VolumeUser | undefined

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-volumes-'))
  fake = fakeQuotaCalls(home)
  user = undefined
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const open = async () => {
  const quotas = await openProjectQuotas(home, fake.calls)
  return openVolumes({ home, commands: localRunner, quotas, userOf: () => user })
}
const megabyte = 1024 * 1024
const code = (name: string) => expect.objectContaining({ code: name })

test('a volume has the limits that it was given, and tells them and its use', async () => {
  const volumes = await open()
  const made = await volumes.create('v', { sizeBytes: megabyte, files: 50 })
  expect(made.limits).toEqual({ bytes: megabyte, files: 50 })
  expect(await (await open()).get('v')).toEqual(made)
  expect(await volumes.usage('v')).toMatchObject({ files: 1 })
})

test('one that has none is counted all the same, and can be limited while a container runs with it', async () => {
  const volumes = await open()
  await volumes.create('v')
  user = { name: 'web', running: true }
  expect(await volumes.usage('v')).toMatchObject({ files: 1 })
  expect(await volumes.resize('v', { bytes: megabyte })).toMatchObject({
    limits: { bytes: megabyte, files: null },
  })
  expect((await volumes.resize('v', { files: 20 })).limits).toEqual({ bytes: megabyte, files: 20 })
  expect(fake.kernel.limited()).toHaveLength(1)
  expect((await volumes.resize('v', { bytes: null, files: null })).limits).toEqual({
    bytes: null,
    files: null,
  })
  expect(fake.kernel.limited()).toEqual([])
})

test('one from before quotas were on is counted when it gets a limit, once nothing runs with it', async () => {
  fake.kernel.state = 'none'
  const volumes = await open()
  const { data } = await volumes.open('v')
  writeFileSync(`${data}/old`, 'x'.repeat(5000))
  expect(await volumes.usage('v')).toBeNull()
  fake.kernel.state = 'enforced'
  user = { name: 'web', running: true }
  await expect(volumes.resize('v', { bytes: megabyte })).rejects.toEqual(code('VOLUME.MOUNTED'))
  user = { name: 'web', running: false }
  await volumes.resize('v', { bytes: megabyte })
  expect(await volumes.usage('v')).toMatchObject({ files: 2 })
})

test('a limit below what is in it is refused, and the old one stays', async () => {
  const volumes = await open()
  await volumes.create('v', { sizeBytes: megabyte })
  const { data } = await volumes.open('v')
  writeFileSync(`${data}/large`, 'x'.repeat(200_000))
  await expect(volumes.resize('v', { bytes: 100_000 })).rejects.toEqual(code('VOLUME.LIMIT_BELOW_USE'))
  expect((await volumes.get('v')).limits.bytes).toBe(megabyte)
})

test('what root has filled beyond the limit is told', async () => {
  const volumes = await open()
  await volumes.create('v', { sizeBytes: 65_536 })
  const { data } = await volumes.open('v')
  writeFileSync(`${data}/of-the-image`, 'x'.repeat(100_000))
  await expect(volumes.markFilled('v')).rejects.toEqual(code('VOLUME.FULL'))
  expect((await volumes.open('v')).filled).toBe(false)
})

test('asked for again with other limits, it is refused; with none or the same, it is found', async () => {
  const volumes = await open()
  const made = await volumes.create('v', { sizeBytes: megabyte })
  await expect(volumes.create('v', { sizeBytes: 2 * megabyte })).rejects.toEqual(code('VOLUME.OTHER_LIMITS'))
  expect(await volumes.create('v')).toEqual(made)
  expect(await volumes.create('v', { sizeBytes: megabyte })).toEqual(made)
})

test.each([0, -1, 1.5, 100, Number.NaN])('%d bytes are no limit', async (sizeBytes) => {
  await expect((await open()).create('v', { sizeBytes })).rejects.toEqual(code('VOLUME.INVALID_LIMIT'))
})

test('where limits no longer hold, a volume that has one is not opened until the limit is lifted', async () => {
  const volumes = await open()
  await volumes.create('v', { sizeBytes: megabyte })
  fake.kernel.state = 'counted'
  await expect(volumes.open('v')).rejects.toEqual(code('VOLUME.QUOTA_UNSUPPORTED'))
  await volumes.resize('v', { bytes: null })
  await volumes.open('v')
})

test('a lost record costs no limit', async () => {
  await (await open()).create('v', { sizeBytes: megabyte, files: 30 })
  writeFileSync(`${home}/volumes/v/record.json`, 'broken')
  const volumes = await open()
  expect((await volumes.get('v')).limits).toEqual({ bytes: megabyte, files: 30 })
})

test('what is removed gives its project back', async () => {
  const volumes = await open()
  await volumes.create('v', { sizeBytes: megabyte })
  await volumes.remove('v')
  expect(fake.kernel.limited()).toEqual([])
})
