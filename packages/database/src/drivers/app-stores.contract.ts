import { randomUUID } from 'node:crypto'
import { type App, parseProcessType } from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { someApp, someName } from './some-records.ts'

/** What every driver of the stores of apps and domains promises. */
export function describeAppStores(make: () => Stores): void {
  let stores: Stores
  let app: App
  beforeEach(async () => {
    stores = make()
    app = await someApp(stores)
  })

  describe('apps', () => {
    test('an app is found by id and by name, and listed for its team', async () => {
      expect(await stores.apps.get(app.id)).toEqual(app)
      expect(await stores.apps.byName(app.name)).toEqual(app)
      expect(await stores.apps.listForTeams([app.teamId])).toEqual([app])
      expect(await stores.apps.listForTeams([randomUUID()])).toEqual([])
      expect((await stores.apps.all()).map(({ id }) => id)).toContain(app.id)
    })

    test('a name is given once', async () => {
      await expect(stores.apps.create({ name: app.name, teamId: app.teamId })).rejects.toMatchObject({
        code: 'APP.NAME_TAKEN',
      })
    })

    test('an id that is no UUID belongs to nothing', async () => {
      expect(await stores.apps.get("' OR 1=1 --")).toBeNull()
      await expect(stores.builds.get('../x')).rejects.toMatchObject({ code: 'RECORD.NOT_FOUND' })
    })

    test('the formation keeps what a change does not name', async () => {
      await stores.apps.setFormation(app.id, { web: 1, worker: 0 })
      await stores.apps.setFormation(app.id, { worker: 3 })
      expect(await stores.apps.formation(app.id)).toEqual({ web: 1, worker: 3 })
    })

    test('limits are kept a process type, and take no part in the formation', async () => {
      await stores.apps.setLimits(app.id, 'web', { memoryBytes: 3 * 1024 ** 3, cpus: 0.5 })
      await stores.apps.setLimits(app.id, 'worker', { memoryBytes: null, cpus: 2 })
      await stores.apps.setFormation(app.id, { worker: 3 })
      expect(await stores.apps.formation(app.id)).toEqual({ worker: 3 })
      expect(await stores.apps.limits(app.id)).toEqual({
        web: { memoryBytes: 3 * 1024 ** 3, cpus: 0.5 },
        worker: { memoryBytes: null, cpus: 2 },
      })
      await stores.apps.setLimits(app.id, 'worker', null)
      await stores.apps.setLimits(app.id, 'clock', null)
      expect(Object.keys(await stores.apps.limits(app.id))).toEqual(['web'])
      expect(await stores.apps.formation(app.id)).toEqual({ worker: 3 })
    })

    test('an app that is stopped stays so since then', async () => {
      await stores.apps.setStopped(app.id, true)
      const since = (await stores.apps.get(app.id))?.stoppedAt
      expect(since).toBeInstanceOf(Date)
      await stores.apps.setStopped(app.id, true)
      expect((await stores.apps.get(app.id))?.stoppedAt).toEqual(since)
      await stores.apps.setStopped(app.id, false)
      expect(await stores.apps.get(app.id)).toEqual(app)
    })

    test('of several who lock an app at once one does, and it is unlocked once', async () => {
      const lock = { at: new Date(), byId: randomUUID(), reason: 'an audit' }
      const locked = await Promise.all(Array.from({ length: 5 }, () => stores.apps.setLock(app.id, lock)))
      expect(locked.filter(Boolean)).toHaveLength(1)
      expect(await stores.apps.get(app.id)).toMatchObject({ lock })
      expect(await stores.apps.setLock(app.id, { ...lock, reason: null })).toBe(false)
      expect(await stores.apps.setLock(app.id, null)).toBe(true)
      expect(await stores.apps.setLock(app.id, null)).toBe(false)
      expect(await stores.apps.get(app.id)).toEqual(app)
    })

    test('an app gets another name, but not one that is taken', async () => {
      const other = await stores.apps.create({ name: someName(), teamId: app.teamId })
      const name = someName()
      await expect(stores.apps.rename(app.id, other.name)).rejects.toMatchObject({ code: 'APP.NAME_TAKEN' })
      await stores.apps.rename(app.id, name)
      await stores.apps.rename(app.id, name)
      expect(await stores.apps.byName(name)).toEqual({ ...app, name })
      expect(await stores.apps.byName(app.name)).toBeNull()
    })

    test('the deploy branch is kept', async () => {
      await stores.apps.setDeployBranch(app.id, 'main')
      expect(await stores.apps.get(app.id)).toMatchObject({ deployBranch: 'main' })
    })

    test('a removed app is gone, and its name is free', async () => {
      await stores.apps.remove(app.id)
      await stores.apps.remove(app.id)
      expect(await stores.apps.get(app.id)).toBeNull()
      await stores.apps.create({ name: app.name, teamId: app.teamId })
    })
  })

  describe('domains', () => {
    test('a host leads to one app', async () => {
      const host = `${someName()}.example.com`
      const domain = await stores.domains.add(app.id, host)
      expect(await stores.domains.list(app.id)).toEqual([domain])
      await expect(stores.domains.add(app.id, host)).rejects.toMatchObject({ code: 'DOMAIN.TAKEN' })
      expect(await stores.domains.remove(app.id, host)).toBe(true)
      expect(await stores.domains.remove(app.id, host)).toBe(false)
    })
  })

  describe('ports', () => {
    test('a port has one owner, and goes with them', async () => {
      const port = 20_000 + Math.floor(Math.random() * 40_000)
      const given = { port, appId: app.id, processType: parseProcessType('db'), targetPort: 5432 }
      const added = await stores.ports.add(given)
      expect(added).toMatchObject(given)
      expect(await stores.ports.list(app.id)).toEqual([added])
      expect(await stores.ports.find(port)).toEqual(added)
      expect(await stores.ports.find(19_999)).toBeNull()
      const other = await someApp(stores)
      await expect(stores.ports.add({ ...given, appId: other.id })).rejects.toMatchObject({
        code: 'PORT.TAKEN',
      })
      expect(await stores.ports.remove(other.id, port)).toBe(false)
      expect(await stores.ports.remove(app.id, port)).toBe(true)
      expect(await stores.ports.remove(app.id, port)).toBe(false)
      expect(await stores.ports.list('nobody')).toEqual([])
    })
  })
}
