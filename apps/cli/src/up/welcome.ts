import { openDatabase } from '@berth/database'
import { dashboardHost, frontDoorUrl, type Settings } from '@berth/domain'
import { openPeople, readSecret } from '@berth/people'
import { print } from '../output.ts'

/** Says where everything is; while there is no owner, with the one-time link that makes one. */
export async function welcome(settings: Settings): Promise<void> {
  const local = `http://127.0.0.1:${settings.dashboardPort}`
  const database = openDatabase(settings, { maxConnections: 2 })
  try {
    const people = openPeople({ database, settings, secret: await readSecret(settings) })
    const owned = await people.hasOwner()
    print('')
    print('Berth is up.')
    print(`  Dashboard   ${owned ? frontDoorUrl(settings, dashboardHost(settings)) : local}`)
    print(`  Git         ssh://git@${settings.baseDomain}:${settings.sshPort}/APP.git`)
    if (owned) return
    const link = await people.createOwnerLink()
    print('  There is no owner yet. This link makes the first account, once, within 24 hours:')
    print(`  ${local}${link}`)
  } finally {
    await database.close()
  }
}
