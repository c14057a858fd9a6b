import { randomUUID } from 'node:crypto'
import { type App, type Configuration, noConfiguration, noScripts, parseAppName } from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'

const told = { variables: { KEY: 'canary' }, secretFiles: { 'key.pem': 'Y2FuYXJ5' } }

/** What an app is told, and the releases that are made of it: for every driver of the stores. */
export function describeConfiguration(make: () => Stores): void {
  let stores: Stores
  let app: App
  beforeEach(async () => {
    stores = make()
    const team = await stores.people.createTeam('crew')
    app = await stores.apps.create({
      name: parseAppName(`app-${randomUUID().slice(0, 13)}`),
      teamId: team.id,
    })
  })

  const releaseOf = ({ variables, secretFiles }: Configuration) => ({
    ...{ appId: app.id, imageDigest: 'sha256:1', revisionId: null, processes: [], releaseCommand: null },
    ...{ configuration: variables, secretFiles, healthchecks: {}, scripts: noScripts, cron: [], limits: {} },
    ...{ reason: 'change', createdById: null },
  })

  const set = (name: string, value: string) =>
    stores.releases.next(app.id, ({ current }) => {
      const now = { ...current, variables: { ...current.variables, [name]: value } }
      return { release: releaseOf(now), configuration: { now, changedById: null } }
    })

  describe('what an app is told', () => {
    test('is nothing before somebody says something', async () => {
      expect(await stores.configurations.current(app.id)).toEqual(noConfiguration)
      expect(await stores.configurations.current('no id')).toEqual(noConfiguration)
    })

    test('is kept without a release, and is there for the first one', async () => {
      const made = await stores.releases.next(app.id, () => ({
        release: null,
        configuration: { now: told, changedById: null },
      }))
      expect(made).toBeNull()
      expect(await stores.configurations.current(app.id)).toEqual(told)
      const first = await stores.releases.next(app.id, ({ latest, current }) => {
        expect(latest).toBeNull()
        return { release: releaseOf(current) }
      })
      expect(first).toMatchObject({
        version: 1,
        configuration: told.variables,
        secretFiles: told.secretFiles,
      })
    })

    test('says when it became so and who did it, and each decision sees the moment of the one before', async () => {
      expect(await stores.configurations.changed(app.id)).toBeNull()
      const seen: (Date | null)[] = []
      for (const now of [told, noConfiguration])
        await stores.releases.next(app.id, ({ changedAt }) => {
          seen.push(changedAt)
          return { release: null, configuration: { now, changedById: null } }
        })
      const changed = await stores.configurations.changed(app.id)
      expect(changed).toMatchObject({ byId: null, at: expect.any(Date) })
      expect(seen).toEqual([null, expect.any(Date)])
      expect(changed?.at.getTime()).toBeGreaterThan(seen[1]?.getTime() ?? Number.POSITIVE_INFINITY)
      expect(await stores.configurations.changed('no id')).toBeNull()
    })

    test('loses nothing when many change it at once, and the last release has all of it', async () => {
      await Promise.all(Array.from({ length: 12 }, (_, at) => set(`V${at}`, String(at))))
      const { variables } = await stores.configurations.current(app.id)
      expect(Object.keys(variables)).toHaveLength(12)
      expect(await stores.releases.latest(app.id)).toMatchObject({ version: 12, configuration: variables })
    })

    test('stays in a release as it was', async () => {
      const first = await set('KEY', 'one')
      const second = await set('KEY', 'two')
      expect(await stores.releases.get(first?.id ?? '')).toMatchObject({ configuration: { KEY: 'one' } })
      expect(await stores.releases.byVersion(app.id, 2)).toEqual(second)
      expect(await stores.releases.byVersion(app.id, 3)).toBeNull()
      expect(await stores.releases.byVersion('no id', 1)).toBeNull()
      expect(await stores.releases.byVersion(app.id, 2 ** 40)).toBeNull()
    })

    test('is in no list of releases', async () => {
      await set('KEY', 'canary')
      expect(JSON.stringify(await stores.releases.list(app.id, 10))).not.toMatch(/canary|secretFiles|sealed/)
    })

    test('and its release are both kept or neither', async () => {
      const failing = stores.releases.next(app.id, () => {
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      const nowhere = stores.releases.next(randomUUID(), () => ({
        release: null,
        configuration: { now: told, changedById: null },
      }))
      await expect(nowhere).rejects.toMatchObject({ code: 'RECORD.NOT_FOUND' })
      expect(await stores.configurations.current(app.id)).toEqual(noConfiguration)
    })

    test('goes with the app', async () => {
      await set('KEY', 'canary')
      await stores.apps.remove(app.id)
      expect(await stores.configurations.current(app.id)).toEqual(noConfiguration)
    })
  })
}
