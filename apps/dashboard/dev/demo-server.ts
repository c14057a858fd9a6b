/**
 * The dashboard over invented records and an invented worker, to work on pages without a platform:
 *
 *   node apps/dashboard/dev/demo-server.ts [start|dev] [--port 3999] [--empty]
 *
 * It starts a PostgreSQL of its own in a temporary directory, and removes it at the end. `start` serves what `next build`
 * made. Sign in as ada@, bob@ or vera@example.com with the password it prints. `--empty`: nobody and nothing there yet; it prints the
 * first owner's link.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { localRunner } from '@berth/command'
import { openDatabase, sealWhatIsClear } from '@berth/database'
import { temporaryDatabase } from '@berth/database/temporary-database.ts'
import { places, type Role, settingsEnvironment } from '@berth/domain'
import { ensureSecret, openPeople, platformSealing, readSecret } from '@berth/people'
import { seedApps } from './demo-apps.ts'
import { startDemoAttach } from './demo-attach.ts'
import { seedConfiguration } from './demo-configuration.ts'
import { seedDeployments } from './demo-deployments.ts'
import { seedDomains } from './demo-domains.ts'
import { seedLogs } from './demo-logs.ts'
import { seedCertificates, startDemoJobs } from './demo-machine.ts'
import { seedProcesses } from './demo-processes.ts'
import { seed } from './demo-records.ts'
import { seedTeam } from './demo-team.ts'
import { startDemoWorker } from './demo-worker.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '3999' }, empty: { type: 'boolean', default: false } },
})
const dashboard = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const password = 'a long enough password'

const temporary = await temporaryDatabase()
const asOutside = { baseDomain: 'harbour.example', httpPort: 80, sshPort: 2222 }
const acme = {
  email: 'ops@harbour.example',
  directory: 'https://acme.example.com/directory',
  ...{ authorities: null, dnsWebhook: null },
}
const settings = { ...temporary.settings, ...asOutside, acme, dashboardPort: Number(values.port) }
await ensureSecret(settings, { groupId: 0 })
const database = openDatabase(settings)
const people = openPeople({
  database,
  settings,
  secret: await readSecret(settings),
  sealing: platformSealing(settings),
  sendText: null,
})
const address = `http://127.0.0.1:${values.port}`
const ids = values.empty ? { apps: {}, stages: {} } : await seedAll()
const endJobs = values.empty ? null : await startDemoJobs(settings, ids)
const attach = await startDemoAttach(database)
const receiverPort = (attach.address() as { port: number }).port
const worker = await startDemoWorker(places(settings).workerSocket, ids)
const next = localRunner.start(
  {
    argv: [
      process.execPath,
      `${root}/node_modules/next/dist/bin/next`,
      positionals[0] === 'dev' ? 'dev' : 'start',
      dashboard,
      '--hostname',
      '127.0.0.1',
      '--port',
      values.port,
    ],
    env: { ...settingsEnvironment({ ...settings, receiverPort }), NEXT_TELEMETRY_DISABLED: '1' },
  },
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
console.log(
  values.empty ? `${address}${await people.createOwnerLink()}` : `${address}: ada@example.com, ${password}`,
)
console.log(JSON.stringify(ids))

process.once('SIGINT', () => next.kill('SIGTERM'))
process.once('SIGTERM', () => next.kill('SIGTERM'))
await next.exited
for (const server of [worker, attach]) {
  server.closeAllConnections()
  server.close()
}
await endJobs?.()
await database.close()
await temporary.remove()

/** Ada owns Harbour and Lighthouse; Bob is a developer of Harbour, Vera a viewer. */
async function seedAll() {
  const member = (name: string, role: Role, teamName = 'Harbour') =>
    people.createAccount({
      name,
      email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
      password,
      teamName,
      role,
    })
  const ada = await member('Ada Lovelace', 'owner')
  const bob = await member('Bob Bergen', 'developer')
  await member('Vera Viken', 'viewer')
  await database.people.createTeam('Lighthouse', ada.id)
  const [first] = await database.people.memberships(ada.id)
  await people.tokens.create(ada.id, { name: 'laptop', expiresAt: new Date(Date.now() + 90 * 86_400_000) })
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOfTC/ykQ7uZ+LpFj4W+XmbrpuTuzg6g1p67YJDTO56E ada@laptop'
  await people.keys.add(ada.id, { name: '', line })
  const ids = await seed(database.prisma, { id: ada.id, colleagueId: bob.id, teamId: first?.teamId ?? '' })
  await seedApps(database, ids, { id: ada.id, colleagueId: bob.id, teamId: first?.teamId ?? '' })
  await seedDeployments(database, ids, { id: ada.id, colleagueId: bob.id, teamId: first?.teamId ?? '' })
  await seedCertificates(database, ids)
  await seedConfiguration(database, ids, { id: ada.id, colleagueId: bob.id, teamId: first?.teamId ?? '' })
  await seedDomains(database, ids)
  await seedProcesses(database, ids, { id: ada.id, colleagueId: bob.id, teamId: first?.teamId ?? '' })
  await seedTeam({ database, settings }, ids, {
    id: ada.id,
    colleagueId: bob.id,
    teamId: first?.teamId ?? '',
  })
  await seedLogs({ database, settings }, ids, { id: ada.id })
  await sealWhatIsClear(settings)
  return ids
}
