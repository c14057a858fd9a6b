import { randomUUID } from 'node:crypto'
import { type App, unexpectedRecord } from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { releaseOf, revisionOf, someApp } from './some-records.ts'

/** What every driver of the stores of builds, releases and deployments promises. */
export function describeStageStores(make: () => Stores): void {
  let stores: Stores
  let app: App
  beforeEach(async () => {
    stores = make()
    app = await someApp(stores)
  })

  const newRevision = () => stores.revisions.create(revisionOf(app))
  const newRelease = () => stores.releases.create(releaseOf(app))
  const newDeployment = async () => stores.deployments.create(app.id, (await newRelease()).id)

  test('of many revisions those that are there are read at once', async () => {
    const [one, other] = [await newRevision(), await newRevision()]
    const found = await stores.revisions.many([one.id, other.id, randomUUID(), 'no id'])
    expect(found.map(({ id }) => id).sort()).toEqual([one.id, other.id].sort())
    expect(await stores.revisions.many([])).toEqual([])
  })

  describe('builds', () => {
    test('a build runs once and ends once', async () => {
      const { id } = await stores.builds.create(app.id, (await newRevision()).id)
      expect(await stores.builds.succeed(id, 'sha256:1')).toBe(false)
      expect(await stores.builds.start(id)).toBe(true)
      expect(await stores.builds.start(id)).toBe(true) // A crashed worker's build is entered again.
      expect(await stores.builds.succeed(id, 'sha256:1', { reusedSteps: 3, steps: 4 })).toBe(true)
      expect(await stores.builds.end(id, 'failed', unexpectedRecord)).toBe(false)
      expect(await stores.builds.get(id)).toMatchObject({
        state: 'succeeded',
        imageDigest: 'sha256:1',
        reusedSteps: 3,
        steps: 4,
        error: null,
      })
    })

    test('a build without a push learns its commit while it runs', async () => {
      const source = { kind: 'git', url: 'https://example.com/shop.git', ref: 'main' } as const
      const createdById = randomUUID()
      const { id } = await stores.builds.create(app.id, null, { source, createdById })
      const { id: revisionId } = await newRevision()
      expect(await stores.builds.get(id)).toMatchObject({ revisionId: null, source, createdById })
      expect(await stores.builds.setRevision(id, revisionId)).toBe(false)
      await stores.builds.start(id)
      expect(await stores.builds.setRevision(id, revisionId)).toBe(true)
      expect(await stores.builds.get(id)).toMatchObject({ revisionId, state: 'running' })
    })

    test('a failure is kept with its cause', async () => {
      const { id } = await stores.builds.create(app.id, (await newRevision()).id)
      expect((await stores.builds.unfinished()).map((build) => build.id)).toContain(id)
      expect(await stores.builds.end(id, 'failed', unexpectedRecord)).toBe(true)
      expect(await stores.builds.get(id)).toMatchObject({ state: 'failed', error: unexpectedRecord })
      expect((await stores.builds.unfinished()).map((build) => build.id)).not.toContain(id)
      expect((await stores.builds.list(app.id, 10)).map((build) => build.id)).toEqual([id])
    })
  })

  describe('releases', () => {
    test('versions count up without gaps or doubles when many are created at once', async () => {
      const made = await Promise.all(Array.from({ length: 12 }, newRelease))
      expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      )
      expect(await stores.releases.latest(app.id)).toMatchObject({ version: 12 })
      expect((await stores.releases.list(app.id, 2)).map(({ version }) => version)).toEqual([12, 11])
    })

    test('a release reads back as it was written', async () => {
      const made = await newRelease()
      expect(made).toMatchObject(releaseOf(app))
      expect(await stores.releases.get(made.id)).toEqual(made)
      expect(await stores.releases.imagesInUse()).toContain(made.imageDigest)
    })
  })

  describe('deployments', () => {
    test('a deployment goes live through its states', async () => {
      const { id } = await newDeployment()
      expect(await stores.deployments.becomeLive(id)).toBe(false)
      expect(await stores.deployments.become(id, 'starting')).toBe(true)
      expect(await stores.deployments.become(id, 'healthy')).toBe(true)
      expect(await stores.deployments.becomeLive(id)).toBe(true)
      expect(await stores.deployments.becomeLive(id)).toBe(false)
      expect(await stores.deployments.end(id, 'failed', unexpectedRecord)).toBe(false)
      expect(await stores.deployments.live(app.id)).toMatchObject({ id, state: 'live', error: null })
    })

    test('the one before is superseded in the same step', async () => {
      const [first, second] = [await newDeployment(), await newDeployment()]
      for (const { id } of [first, second]) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
      }
      expect(await stores.deployments.becomeLive(first.id)).toBe(true)
      expect(await stores.deployments.becomeLive(second.id)).toBe(true)
      expect(await stores.deployments.get(first.id)).toMatchObject({ state: 'superseded' })
      expect(await stores.deployments.live(app.id)).toMatchObject({ id: second.id })
    })

    test('of two that become live at once, one is superseded', async () => {
      const both = [await newDeployment(), await newDeployment()]
      for (const { id } of both) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
      }
      await Promise.all(both.map(({ id }) => stores.deployments.becomeLive(id)))
      const states = (await stores.deployments.list(app.id, 10)).map(({ state }) => state)
      expect(states.sort()).toEqual(['live', 'superseded'])
    })

    test('the first is told from those after it', async () => {
      const both = [await newDeployment(), await newDeployment()]
      for (const { id } of both) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
        await stores.deployments.becomeLive(id)
      }
      const [second, first] = await stores.deployments.list(app.id, 2)
      expect([first?.isFirst, second?.isFirst]).toEqual([true, false])
      expect(second?.settledAt).toBeInstanceOf(Date)
    })

    test('one that has work after it is live is unfinished until it is settled', async () => {
      const { id } = await newDeployment()
      await stores.deployments.settle(id)
      await stores.deployments.become(id, 'starting')
      await stores.deployments.become(id, 'healthy')
      await stores.deployments.becomeLive(id, { afterwards: true })
      const unfinished = async () => (await stores.deployments.unfinished()).map((one) => one.id)
      expect(await stores.deployments.get(id)).toMatchObject({ state: 'live', settledAt: null })
      expect(await unfinished()).toContain(id)
      await stores.deployments.settle(id)
      expect(await unfinished()).not.toContain(id)
    })

    test('why there is one, and who asked for it, is kept', async () => {
      const asked = { cause: 'restart', createdById: randomUUID() } as const
      const { id } = await stores.deployments.create(app.id, (await newRelease()).id, asked)
      expect(await stores.deployments.get(id)).toMatchObject(asked)
      expect(await newDeployment()).toMatchObject({ cause: 'build', createdById: null })
    })

    test('unfinished ones are told until they end', async () => {
      const { id } = await newDeployment()
      const unfinished = async () => (await stores.deployments.unfinished()).map((one) => one.id)
      expect(await unfinished()).toContain(id)
      expect(await stores.deployments.end(id, 'cancelled', null)).toBe(true)
      expect(await unfinished()).not.toContain(id)
    })
  })
}
