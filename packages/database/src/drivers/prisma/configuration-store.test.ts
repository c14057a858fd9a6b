import { noScripts, parseAppName } from '@berth/domain'
import { expect, test } from 'vitest'
import { describeConfiguration } from '../configuration.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeConfiguration(database)

test('nothing of a value is in the database in the clear, and none is opened at another place', async () => {
  const team = await database().people.createTeam('crew')
  const app = await database().apps.create({ name: parseAppName('sealed'), teamId: team.id })
  const now = { variables: { KEY: 'canary-in-the-clear' }, secretFiles: { 'key.pem': 'Y2FuYXJ5' } }
  const release = await database().releases.next(app.id, () => ({
    release: {
      ...{ appId: app.id, imageDigest: 'sha256:1', revisionId: null, processes: [], releaseCommand: null },
      ...{ configuration: now.variables, secretFiles: now.secretFiles, healthchecks: {}, scripts: noScripts },
      ...{ cron: [], limits: {}, reason: 'change', createdById: null },
    },
    configuration: { now, changedById: null },
  }))
  const { prisma } = database()
  const rows = [await prisma.release.findMany(), await prisma.appConfiguration.findMany()]
  expect(JSON.stringify(rows)).not.toMatch(/canary|Y2FuYXJ5|KEY|key\.pem/)

  const sealed = (await prisma.release.findUnique({ where: { id: release?.id ?? '' } }))?.sealed
  await prisma.appConfiguration.update({
    where: { appId: app.id },
    data: { sealed: sealed ?? new Uint8Array() },
  })
  await expect(database().configurations.current(app.id)).rejects.toMatchObject({ code: 'SECRET.UNREADABLE' })
})
