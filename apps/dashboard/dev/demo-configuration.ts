import type { Database } from '@berth/database'
import { type AppName, type Configuration, noConfiguration, noScripts, type ProcessType } from '@berth/domain'
import { type ConfigurationChange, changeConfiguration, sayChange } from '@berth/release'
import type { DemoIds, DemoPerson } from './demo-records.ts'

const pem = (text: string) => Buffer.from(`${text}\n`).toString('base64')

type Step = { hoursAgo: number; by: 'ada' | 'colleague'; change: ConfigurationChange }

const steps: readonly Step[] = [
  {
    hoursAgo: 700,
    by: 'ada',
    change: {
      set: {
        DATABASE_URL: 'postgres://beacon:4f1c9e0b2d@db.internal:5432/beacon',
        LOG_LEVEL: 'info',
        SESSION_SECRET: 'b1946ac92492d2347c6235b4d2611184',
        LEGACY_FEED: 'https://feed.example.com/v1',
      },
    },
  },
  {
    hoursAgo: 500,
    by: 'colleague',
    change: {
      set: {
        SMTP_HOST: 'mail.harbour.example',
        SMTP_PASSWORD: 'reed-lantern-keel',
        MAIL_FROM: 'Beacon <no-reply@harbour.example>',
      },
      setFiles: { 'service-account.json': pem('{ "type": "service_account", "project": "beacon" }') },
    },
  },
  {
    hoursAgo: 190,
    by: 'ada',
    change: { set: { LOG_LEVEL: 'warn', FEATURE_LIGHT_MAP: 'on' }, unset: ['LEGACY_FEED'] },
  },
  {
    hoursAgo: 52,
    by: 'colleague',
    change: {
      set: {
        WELCOME_TEXT: 'Good evening.\nThe light is on from sunset to sunrise.',
        MAP_TILES_URL:
          'https://tiles.example.com/{z}/{x}/{y}.png?style=night&language=en&attribution=Harbour%20and%20contributors',
        NPM_TOKEN: 'npm_8sT2nQ4vX1',
      },
      setFiles: {
        'signing-key.pem': pem('-----BEGIN PRIVATE KEY-----\nnot a real one\n-----END PRIVATE KEY-----'),
      },
    },
  },
  {
    hoursAgo: 3,
    by: 'ada',
    change: { set: { DATABASE_URL: 'postgres://beacon:77ad01c3fe@db-2.internal:5432/beacon' } },
  },
]

/** An app that was told a lot, and one that has said nothing yet and was never deployed. */
export async function seedConfiguration(database: Database, ids: DemoIds, person: DemoPerson): Promise<void> {
  const { apps, prisma } = database
  const { id: appId } = await apps.create({ name: 'beacon' as AppName, teamId: person.teamId })
  ids.apps.beacon = appId
  await prisma.app.update({ where: { id: appId }, data: { deployBranch: 'main' } })
  await apps.setFormation(appId, { web: 2, worker: 1 } as Parameters<typeof apps.setFormation>[1])
  let before = noConfiguration
  for (const { hoursAgo, by, change } of steps) {
    const now = changeConfiguration(before, change)
    const byId = by === 'ada' ? person.id : person.colleagueId
    await addRelease(database, { appId, byId, hoursAgo, before, now })
    before = now
  }
}

type Told = { appId: string; byId: string; hoursAgo: number; before: Configuration; now: Configuration }

async function addRelease({ releases, prisma }: Database, { appId, byId, hoursAgo, before, now }: Told) {
  const at = new Date(Date.now() - hoursAgo * 3_600_000)
  const release = await releases.next(appId, () => ({
    release: {
      ...{ appId, imageDigest: `sha256:${'b'.repeat(64)}`, revisionId: null, releaseCommand: null },
      processes: ['web', 'worker'].map((type) => ({ type: type as ProcessType, command: `node ${type}.js` })),
      ...{ configuration: now.variables, secretFiles: now.secretFiles, healthchecks: {}, scripts: noScripts },
      ...{ cron: [], limits: {}, reason: sayChange(before, now), createdById: byId },
    },
    configuration: { now, changedById: byId },
  }))
  if (release === null) return
  await prisma.release.update({ where: { id: release.id }, data: { createdAt: at } })
  await prisma.appConfiguration.update({ where: { appId }, data: { changedAt: at } })
  await prisma.deployment.updateMany({ where: { appId }, data: { state: 'superseded' } })
  await prisma.deployment.create({
    data: {
      ...{ appId, releaseId: release.id, state: 'live', cause: 'change', createdById: byId },
      ...{ createdAt: at, startedAt: at, finishedAt: new Date(at.getTime() + 1_900) },
    },
  })
}
