import type { Settings } from '@berth/domain'
import { print } from '../output.ts'
import type { Prepared } from './preparation.ts'

/** Says where everything is; while there is no owner, with the one-time link that makes one. */
export function welcome(settings: Settings, { ownerLink, dashboardUrl }: Prepared): void {
  const local = `http://127.0.0.1:${settings.dashboardPort}`
  const owned = ownerLink === null
  print('')
  print('Berth is up.')
  print(`  Dashboard   ${owned ? dashboardUrl : local}`)
  print(`  Git         ssh://git@${settings.baseDomain}:${settings.sshPort}/APP.git`)
  if (owned) return
  print('  There is no owner yet. This link makes the first account, once, within 24 hours:')
  print(`  ${local}${ownerLink}`)
}
