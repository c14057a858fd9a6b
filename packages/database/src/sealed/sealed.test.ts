import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { noScripts, parseAppName } from '@berth/domain'
import {
  addSealingKey,
  openRegistryCredentials,
  platformSealing,
  sealingKeys,
  secretPath,
} from '@berth/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { sealWhatIsClear } from './seal-what-is-clear.ts'
import { finishTurningSealingKey, turnSealingKey } from './turn-sealing-key.ts'

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

const told = { variables: { KEY: 'canary-1' }, secretFiles: { 'key.pem': 'Y2FuYXJ5' } }

async function newApp() {
  const team = await database.people.createTeam('crew')
  return database.apps.create({ name: parseAppName(`app-${randomUUID().slice(0, 8)}`), teamId: team.id })
}

async function released(appId: string) {
  const release = await database.releases.next(appId, () => ({
    release: releaseOf(appId),
    configuration: { now: told, changedById: null },
  }))
  return release?.id ?? ''
}

function releaseOf(appId: string) {
  return {
    appId,
    imageDigest: 'sha256:1',
    revisionId: null,
    processes: [],
    releaseCommand: null,
    configuration: told.variables,
    secretFiles: told.secretFiles,
    healthchecks: {},
    scripts: noScripts,
    cron: [],
    limits: {},
    reason: 'push',
    createdById: null,
  }
}

const keyText = () => readFile(secretPath(temporary.settings, 'sealing'), 'utf8')

test('the key is turned while the database is used: what was kept is read with the new one alone', async () => {
  const app = await newApp()
  const id = await released(app.id)
  const credentials = openRegistryCredentials({
    store: database.registryCredentials,
    sealing: platformSealing(temporary.settings),
  })
  const account = { host: 'ghcr.io', username: 'ada', password: 'canary-2' }
  const teamId = app.teamId
  await database.registryCredentials.set({
    ...{ teamId, host: account.host, username: account.username, createdById: null },
    sealed: platformSealing(temporary.settings).seal(account.password, {
      table: 'RegistryCredential',
      row: account.host,
      teamId,
    }),
  })
  const before = await keyText()

  const turned = await turnSealingKey(temporary.settings, { writesEndWithinMs: 0 })

  expect(turned).toEqual({ resumed: false, values: 3, unreadable: 0, formerDropped: true })
  expect(await keyText()).not.toContain(before.trim())
  expect(sealingKeys(temporary.settings)()).toHaveLength(1)
  expect(await database.releases.get(id)).toMatchObject({ configuration: told.variables })
  expect(await database.configurations.current(app.id)).toEqual(told)
  expect(await credentials.accounts(teamId)).toEqual([account])
})

test('a turning that a crash broke off is ended by the next start, and by the next turning', async () => {
  const app = await newApp()
  const id = await released(app.id)
  await addSealingKey(temporary.settings)
  await finishTurningSealingKey(temporary.settings)
  expect(sealingKeys(temporary.settings)()).toHaveLength(1)
  expect(await database.releases.get(id)).toMatchObject({ secretFiles: told.secretFiles })

  await addSealingKey(temporary.settings)
  const newest = sealingKeys(temporary.settings)()[0]
  expect(await turnSealingKey(temporary.settings, { writesEndWithinMs: 0 })).toMatchObject({ resumed: true })
  expect(sealingKeys(temporary.settings)()).toEqual([newest])
})

test('what is written while the key is turned is kept', async () => {
  const app = await newApp()
  const writing = Array.from({ length: 8 }, () => released(app.id))
  await turnSealingKey(temporary.settings, { writesEndWithinMs: 200 })
  for (const id of await Promise.all(writing))
    expect(await database.releases.get(id)).toMatchObject({ configuration: told.variables })
})

test('more rows than a page are all sealed anew', async () => {
  const app = await newApp()
  for (let count = 0; count < 101; count += 1) await database.releases.create(releaseOf(app.id))
  const { values } = await turnSealingKey(temporary.settings, { writesEndWithinMs: 0 })
  expect(values).toBeGreaterThan(101)
  expect(await database.releases.latest(app.id)).toMatchObject({ configuration: told.variables })
})

test('a value that no key opens stays as it is, and so does the former key, until that is dropped all the same', async () => {
  const app = await newApp()
  const id = await released(app.id)
  await database.prisma.release.update({ where: { id }, data: { sealed: Buffer.from('not sealed at all') } })
  const turn = (dropFormer: boolean) =>
    turnSealingKey(temporary.settings, { writesEndWithinMs: 0, dropFormer })
  expect(await turn(false)).toMatchObject({ resumed: false, unreadable: 1, formerDropped: false })
  await finishTurningSealingKey(temporary.settings)
  expect(sealingKeys(temporary.settings)()).toHaveLength(2)
  expect(await turn(true)).toMatchObject({ resumed: true, unreadable: 1, formerDropped: true })
  expect(sealingKeys(temporary.settings)()).toHaveLength(1)
  await expect(database.releases.get(id)).rejects.toMatchObject({ code: 'SECRET.UNREADABLE' })
  expect(await database.releases.list(app.id, 1)).toMatchObject([{ id }])
  await database.prisma.release.delete({ where: { id } })
})

test('what an earlier version kept in the clear is sealed, and becomes what is current', async () => {
  const app = await newApp()
  const old = await database.prisma.release.create({
    data: {
      appId: app.id,
      version: 1,
      imageDigest: 'sha256:1',
      processes: [],
      configuration: { KEY: 'old' },
      reason: 'push',
    },
  })
  const newer = await database.prisma.release.create({
    data: {
      appId: app.id,
      version: 2,
      imageDigest: 'sha256:1',
      processes: [],
      configuration: { KEY: 'new' },
      reason: 'push',
    },
  })
  expect(await sealWhatIsClear(temporary.settings)).toBe(2)
  expect(await sealWhatIsClear(temporary.settings)).toBe(0)
  expect(await database.releases.get(old.id)).toMatchObject({
    configuration: { KEY: 'old' },
    secretFiles: {},
  })
  expect(await database.configurations.current(app.id)).toEqual({
    variables: { KEY: 'new' },
    secretFiles: {},
  })
  expect(await database.prisma.release.findMany({ where: { appId: app.id } })).toMatchObject([
    { configuration: null },
    { configuration: null },
  ])
  await database.prisma.release.delete({ where: { id: newer.id } })
})
