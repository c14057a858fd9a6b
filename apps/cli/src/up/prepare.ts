import {
  finishTurningSealingKey,
  migrate,
  openDatabase,
  sealWhatIsClear,
  waitUntilReady,
} from '@berth/database'
import { berthUser, systemUser } from '@berth/database/cluster/system-user.ts'
import { isBerthError, readSettings, type Settings, toErrorRecord } from '@berth/domain'
import { ensureSecret, openPeople, platformSealing, readSecret } from '@berth/people'
import { dashboardUrl } from '@berth/route/certificates/dashboard-url.ts'
import { type Preparation, type Prepared, refused } from './preparation.ts'

/**
 * Run by `berth up` as a process of its own (see preparation.ts): the tables, the secret, and while nobody owns the
 * platform the link that makes an owner. It ends with what it loaded, which `berth up` would keep for as long as it runs.
 * Ctrl-C is for `berth up`, which waits until the tables are whole.
 */
process.on('SIGINT', () => undefined)

const settings = readSettings(process.env)
try {
  tell(await prepare(settings))
} catch (error) {
  if (!isBerthError(error)) throw error
  tell({ error: toErrorRecord(error) })
  process.exitCode = refused
}

async function prepare(given: Settings): Promise<Prepared> {
  await waitUntilReady(given)
  await migrate(given)
  await ensureSecret(given, { groupId: systemUser(berthUser).gid })
  await finishTurningSealingKey(given)
  await sealWhatIsClear(given)
  const database = openDatabase(given, { maxConnections: 2 })
  try {
    const people = openPeople({
      ...{ database, settings: given, secret: await readSecret(given) },
      ...{ sealing: platformSealing(given), sendText: null },
    })
    const ownerLink = (await people.hasOwner()) ? null : await people.createOwnerLink()
    return { ownerLink, dashboardUrl: await dashboardUrl(given, database.certificates) }
  } finally {
    await database.close()
  }
}

function tell(preparation: Preparation): void {
  process.stdout.write(JSON.stringify(preparation))
}
