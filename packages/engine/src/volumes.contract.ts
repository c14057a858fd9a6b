import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EngineUnderTest } from './engine.contract.ts'
import type { ContainerMount, Engine } from './engine.ts'

/** What every engine promises about volumes. */
export function describeVolumes(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${name} keeps the contract of volumes:`, () => {
    let under: EngineUnderTest
    let engine: Engine
    let logs: string

    beforeAll(async () => {
      logs = await mkdtemp(join(tmpdir(), 'berth-logs-'))
      under = await open()
      engine = under.engine
    })
    afterEach(async () => {
      for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
      for (const volume of await engine.volumes.list()) await engine.volumes.remove(volume.name)
    })
    afterAll(async () => {
      await under.dispose()
      await rm(logs, { recursive: true })
    })

    const create = (mounts: readonly ContainerMount[]) =>
      engine.containers.create({
        name: 'holder',
        group: 'volumes',
        labels: {},
        image: under.image,
        entrypoint: null,
        command: ['sh', '-c', 'sleep 60'],
        env: {},
        user: null,
        workingDirectory: null,
        hostname: null,
        network: 'none',
        limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 100, cpus: null, pids: 20 },
        log: { directory: logs, maxBytes: 1_000_000, maxFiles: 2 },
        init: true,
        mounts,
      })

    test('a volume is there until it is removed, and made once', async () => {
      const made = await engine.volumes.create('first', { labels: { app: 'a' } })
      expect(made).toMatchObject({ name: 'first', labels: { app: 'a' } })
      expect(await engine.volumes.create('first')).toEqual(made)
      await engine.volumes.create('second', { labels: { app: 'b' } })
      expect((await engine.volumes.list()).map((volume) => volume.name)).toEqual(['first', 'second'])
      expect(await engine.volumes.list({ app: 'b' })).toEqual([await engine.volumes.get('second')])
      await engine.volumes.remove('first')
      await engine.volumes.remove('first')
      await expect(engine.volumes.get('first')).rejects.toMatchObject({ code: 'VOLUME.NOT_FOUND' })
    })

    test.each(['', '.', '..', '../x', '-x', 'a/b', 'a\0b', '.half-1', 'x'.repeat(300)])(
      '%j is no name',
      async (given) => {
        const refused = { code: 'VOLUME.INVALID' }
        await expect(engine.volumes.create(given)).rejects.toMatchObject(refused)
        await expect(engine.volumes.get(given)).rejects.toMatchObject(refused)
        await expect(engine.volumes.remove(given)).rejects.toMatchObject(refused)
      },
    )

    test('a size that nothing holds is refused, and no volume is made', async () => {
      await expect(engine.volumes.create('limited', { sizeBytes: 1_000_000 })).rejects.toMatchObject({
        code: 'VOLUME.QUOTA_UNSUPPORTED',
      })
      expect(await engine.volumes.list()).toEqual([])
      const made = await engine.volumes.create('later')
      await expect(engine.volumes.resize('later', { files: 100 })).rejects.toMatchObject({
        code: 'VOLUME.QUOTA_UNSUPPORTED',
      })
      expect(await engine.volumes.resize('later', { files: null })).toEqual(made)
      expect(await engine.volumes.usage('later')).toBeNull()
    })

    test('of one that is not there, nothing is told or changed', async () => {
      const notFound = { code: 'VOLUME.NOT_FOUND' }
      await expect(engine.volumes.usage('nothing')).rejects.toMatchObject(notFound)
      await expect(engine.volumes.resize('nothing', { bytes: null })).rejects.toMatchObject(notFound)
    })

    test('a limit that is no number of bytes is refused', async () => {
      await expect(engine.volumes.create('v', { sizeBytes: 12 })).rejects.toMatchObject({
        code: 'VOLUME.INVALID_LIMIT',
      })
    })

    test('a volume of a container is made with it, and stays while the container is there', async () => {
      const { id } = await create([{ kind: 'volume', volume: 'kept', target: '/kept', readOnly: false }])
      await engine.containers.start(id)
      expect((await engine.volumes.list()).map((volume) => volume.name)).toEqual(['kept'])
      const inUse = { code: 'VOLUME.IN_USE' }
      await expect(engine.volumes.remove('kept')).rejects.toMatchObject(inUse)
      await engine.containers.stop(id, { timeoutMs: 2_000 })
      await expect(engine.volumes.remove('kept')).rejects.toMatchObject(inUse)
      await engine.containers.remove(id)
      expect(await engine.volumes.list()).toHaveLength(1)
    })
  })
}
