import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { noScripts, parseAppName } from '@berth/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { type Database, openDatabase } from './open-database.ts'

let temporary: TemporaryDatabase
let database: Database
beforeAll(async () => {
  temporary = await temporaryDatabase()
  database = openDatabase(temporary.settings)
})
afterAll(async () => {
  await database.close()
  await temporary.remove()
})

const newApp = async () => {
  const team = await database.people.createTeam('crew')
  return await database.apps.create({
    name: parseAppName(`app-${randomUUID().slice(0, 8)}`),
    teamId: team.id,
  })
}
const release = (appId: string) => ({
  appId,
  imageDigest: 'sha256:1',
  revisionId: null,
  processes: [],
  releaseCommand: null,
  configuration: {},
  secretFiles: {},
  healthchecks: {},
  scripts: noScripts,
  cron: [],
  limits: {},
  reason: 'push',
  createdById: null,
})

test('reads, writes and transactions wait for a database that restarts', async () => {
  const app = await newApp()
  const { id: deployment } = await database.deployments.create(
    app.id,
    (await database.releases.create(release(app.id))).id,
  )
  await temporary.kill()
  const answers = Promise.all([
    database.apps.get(app.id),
    database.releases.create(release(app.id)),
    database.deployments.become(deployment, 'starting'),
  ])
  await sleep(700)
  await temporary.start()
  expect(await answers).toMatchObject([{ id: app.id }, { version: 2 }, true])
})

test('killed again and again under work, it loses no release and gives no number twice', async () => {
  const app = await newApp()
  let working = true
  const made: number[] = []
  const refused: unknown[] = []
  const work = Array.from({ length: 4 }, async () => {
    while (working) {
      await database.releases.create(release(app.id)).then(
        ({ version }) => made.push(version),
        (error) => refused.push(error),
      )
    }
  })
  for (let round = 0; round < 3; round++) {
    await sleep(300)
    await temporary.kill()
    await temporary.start()
  }
  await sleep(300)
  working = false
  await Promise.all(work)

  for (const error of refused) expect(error).toMatchObject({ code: 'DATABASE.UNAVAILABLE', retryable: true })
  const versions = (await database.releases.list(app.id, 100_000)).map(({ version }) => version).reverse()
  expect(versions).toEqual(versions.map((_, index) => index + 1))
  expect(new Set(made).size).toBe(made.length)
  expect(versions).toEqual(expect.arrayContaining(made))
}, 60_000)

test('a database that stays away is reported within the time given', async () => {
  const impatient = openDatabase(temporary.settings, { retryForMs: 300 })
  await temporary.kill()
  const begun = performance.now()
  await expect(impatient.apps.all()).rejects.toMatchObject({ code: 'DATABASE.UNAVAILABLE' })
  await expect(impatient.people.createTeam('crew')).rejects.toMatchObject({ code: 'DATABASE.UNAVAILABLE' })
  expect(performance.now() - begun).toBeLessThan(5_000)
  await impatient.close()
  await temporary.start()
})
