import { randomUUID } from 'node:crypto'
import type { Database } from '@berth/database'
import type { AuditDoor, AuditOutcome, Settings } from '@berth/domain'
import { type DeliveryPhase, type Message, type NoticeKind, openTargets } from '@berth/observe'
import { openKeys, openRegistryCredentials, platformSealing } from '@berth/people'
import type { DemoIds, DemoPerson } from './demo-records.ts'

/** What a team has collected after two weeks: invitations that wait, places that are told, keys, and who did what. */
export async function seedTeam(
  { database, settings }: { database: Database; settings: Settings },
  ids: DemoIds,
  person: DemoPerson,
): Promise<void> {
  await seedInvitations(database, person)
  await seedNotifications(database, settings, person)
  await seedKeys(database, ids, person)
  const sealing = platformSealing(settings)
  const registries = openRegistryCredentials({ store: database.registryCredentials, sealing })
  const account = { username: 'harbour-builds', password: 'invented' }
  await registries.set(person.teamId, { host: 'ghcr.io', ...account }, person.id)
  await database.prisma.auditEntry.createMany({ data: auditRows(ids, person) })
}

const minute = 60_000
const day = 24 * 60 * minute

async function seedInvitations({ people }: Database, { id, teamId }: DemoPerson): Promise<void> {
  const invite = (email: string, role: 'admin' | 'viewer', days: number) =>
    people.addInvitation({
      ...{ teamId, email, role, hash: randomUUID(), mailed: false, invitedById: id },
      expiresAt: new Date(Date.now() + days * day),
    })
  await invite('ines.ibarra@example.com', 'admin', 6.4)
  await invite('accounting@lighthouse-and-daughters.example', 'viewer', 0.3)
}

async function seedNotifications(database: Database, settings: Settings, person: DemoPerson): Promise<void> {
  const targets = openTargets({ store: database.notifications, sealing: platformSealing(settings) })
  const bad: NoticeKind[] = ['deployment-failed', 'build-failed', 'crash-loop', 'unhealthy', 'disk-filling']
  const slack = await targets.add(
    person.teamId,
    { kind: 'slack', url: 'https://hooks.slack.example/services/T0/B0/x', noticeKinds: bad, appIds: [] },
    person.id,
  )
  const mail = await targets.add(
    person.teamId,
    {
      ...{ kind: 'mail', to: ['ops@example.com', 'ada@example.com'], smtp: null, appIds: [] },
      noticeKinds: ['certificate-expiring', 'certificate-failed', 'crash-loop'],
    },
    person.id,
  )
  const say = (
    targetId: string,
    title: string,
    minutesAgo: number,
    state: Outcome,
    answer: string | null,
  ) => {
    const createdAt = new Date(Date.now() - minutesAgo * minute)
    const finishedAt = state === 'queued' ? null : new Date(createdAt.getTime() + 400)
    const message: Message = {
      ...{ type: 'deployment.failed', at: createdAt.toISOString(), isGood: false, title },
      ...{ lines: [], url: null, fields: {} },
    }
    const phase: DeliveryPhase = 'once'
    const attempts = state === 'failed' ? 9 : 1
    const data = { targetId, subject: `demo/${randomUUID()}`, phase, message, state, attempts, answer }
    return database.prisma.notificationDelivery.create({ data: { ...data, createdAt, finishedAt } })
  }
  await say(mail.target.id, 'mailer: web.1 crashes again and again', 61, 'delivered', '250 2.0.0 Ok: queued')
  await say(slack.target.id, 'mailer: web.1 crashes again and again', 61, 'delivered', '200 ok')
  await say(slack.target.id, 'blog: the build failed', 15, 'failed', '404 no_service')
  await say(slack.target.id, 'shop: v4 could not be deployed', 2, 'delivered', '200 ok')
}

type Outcome = 'delivered' | 'failed' | 'queued'

async function seedKeys({ people }: Database, { apps }: DemoIds, person: DemoPerson): Promise<void> {
  const keys = openKeys(people)
  const deployKey = (name: string, body: string, mayPush: boolean) =>
    keys.addDeployKey(apps.shop ?? '', {
      ...{ name, mayPush },
      line: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${body}`,
    })
  const ci = await deployKey('ci', 'EFYjuSI+aXr9tiWZcB0bqKXsvIYQZK/ncQKnM3tN5dU', true)
  await deployKey('mirror at the office', 'Pn2cUqLzwsqY51b/HHzUkOtL1YWgUTI0h4MWk/xrzTo', false)
  await people.touchKey(ci.id)
  await keys.add(person.colleagueId, {
    name: '',
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJmh8m0GqKXkU8XxCmVGsNVvWcWq0cFAWzzHkmKrZkV bob@desk',
  })
}

type Row = {
  who: 'ada' | 'bob' | 'root' | 'ci'
  action: string
  app?: string
  team?: string
  door?: AuditDoor
  before?: object
  after?: object
  outcome?: AuditOutcome
  error?: string
}

const none = { added: [], changed: [], removed: [] }
const set = (names: string[], release: number) => ({
  ...{
    variables: { ...none, added: names.slice(0, 1), changed: names.slice(1) },
    secretFiles: none,
    release,
  },
})
const push = (commit: string) => [
  { ref: 'refs/heads/main', oldCommit: 'a'.repeat(40), newCommit: commit.padEnd(40, '0') },
]

/** The newest first. */
const recent: Row[] = [
  {
    who: 'bob',
    action: 'configuration.change',
    app: 'shop',
    after: set(['GREETING', 'CURRENCY', 'TAX_RATE'], 14),
  },
  {
    who: 'bob',
    action: 'git push',
    app: 'shop',
    door: 'ssh',
    after: push('9c41f07'),
    outcome: 'refused',
    error: 'DEPLOY.NOT_HEALTHY',
  },
  {
    who: 'ada',
    action: 'processes.scale',
    app: 'shop',
    before: { web: 1, worker: 1 },
    after: { web: 2, worker: 1 },
  },
  { who: 'ci', action: 'git push', app: 'shop', door: 'ssh', after: push('3f2a1bc') },
  { who: 'bob', action: 'apps.remove', outcome: 'refused', error: 'API.NOT_ALLOWED' },
  { who: 'bob', action: 'apps.remove', outcome: 'refused', error: 'API.NOT_ALLOWED', after: { again: 12 } },
  {
    who: 'ada',
    action: 'releases.rollback',
    app: 'tides',
    after: { release: 6, like: 4, keepConfiguration: false },
  },
  {
    who: 'bob',
    action: 'exec',
    app: 'shop',
    door: 'attach',
    after: { program: 'psql', instance: 'web.1', exit: 0 },
  },
  {
    who: 'ada',
    action: 'members.invite',
    team: 'Harbour',
    after: { email: 'ines.ibarra@example.com', role: 'admin' },
  },
  {
    who: 'ada',
    action: 'configuration.read',
    app: 'orders',
    after: { read: ['DATABASE_URL', 'SESSION_KEY'] },
  },
  {
    who: 'bob',
    action: 'limits.set',
    app: 'mailer',
    before: { web: { memoryBytes: 2 ** 28, cpus: null } },
    after: { web: { memoryBytes: 2 ** 29, cpus: 0.5 } },
  },
  {
    who: 'ada',
    action: 'domains.add',
    app: 'tides',
    after: { hosts: ['tides.example.com', 'www.tides.example.com'] },
  },
  { who: 'ada', action: 'apps.lock', app: 'atlas', after: { locked: 'until the audit is over' } },
  { who: 'bob', action: 'drains.test', app: 'shop', outcome: 'failed', error: 'DRAIN.UNREACHABLE' },
  {
    who: 'root',
    action: 'account sign-on add',
    team: 'Harbour',
    door: 'machine',
    after: { name: 'harbour-id', domains: ['example.com'] },
  },
  {
    who: 'ada',
    action: 'notifications.add',
    team: 'Harbour',
    after: { kind: 'slack', to: 'hooks.slack.example', noticeKinds: ['deployment-failed', 'crash-loop'] },
  },
  {
    who: 'ada',
    action: 'members.setRole',
    team: 'Harbour',
    before: { email: 'bob@example.com', role: 'viewer' },
    after: { email: 'bob@example.com', role: 'developer' },
  },
  {
    who: 'ada',
    action: 'registries.set',
    team: 'Harbour',
    after: { host: 'ghcr.io', username: 'harbour-builds' },
  },
  { who: 'ada', action: 'deployKeys.add', app: 'shop', after: { name: 'ci', mayPush: true } },
  { who: 'ada', action: 'apps.create', app: 'atlas' },
]

const people = {
  ada: {
    who: 'Ada Lovelace <ada@example.com>',
    address: '203.0.113.24',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
  bob: {
    who: 'Bob Bergen <bob@example.com>',
    address: '2001:db8:4c::17',
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/605.1',
  },
  ci: { who: 'deploy key ci', address: '198.51.100.80', userAgent: null },
  root: { who: 'root at the machine', address: null, userAgent: null },
}

function auditRows(ids: DemoIds, person: DemoPerson) {
  const older = Array.from({ length: 90 }, (_, index): Row => pushes(index))
  return [...recent, ...older].map((row, index) => {
    // Closer together the newer they are: three minutes ago, and two weeks.
    const at = new Date(Date.now() - (3 + 18 * index + 1.2 * index ** 2) * minute)
    const { who, action, app, team, door, before, after, outcome = 'done', error } = row
    return {
      ...{ id: randomUUID(), at, endedAt: at, action, outcome, error, ...people[who] },
      ...{ by: who === 'ci' ? 'key ci' : null, door: door ?? 'dashboard', before, after },
      personId: { ada: person.id, bob: person.colleagueId, root: null, ci: null }[who],
      ...{ teamId: person.teamId, appId: (app && ids.apps[app]) ?? null },
      object: app ? `app ${app}` : team ? `team ${team}` : '',
    }
  })
}

function pushes(index: number): Row {
  const app = ['shop', 'tides', 'orders', 'blog'][index % 4] as string
  const who = index % 3 === 0 ? 'ada' : 'bob'
  if (index % 7 === 3)
    return { who, action: 'configuration.set', app, after: set(['LOG_LEVEL'], 2 + (index % 9)) }
  if (index % 11 === 5) return { who, action: 'processes.restart', app, after: { restarted: 'all' } }
  const commit = (0x1a2b3c4d + index * 0x01050709).toString(16)
  return { who, action: 'git push', app, door: 'ssh', after: push(commit) }
}
