import type { Settings } from '@berth/domain'
import { openMail, openSmtpMail, postJson, type WaysOut } from '@berth/observe'
import { allowedAddress } from './allowed-address.ts'

/** The administrator's own mail server may be anywhere; a team's may not. */
export function openWaysOut(settings: Settings): WaysOut {
  const addressOf = allowedAddress(settings.privateHosts)
  const platformMail = openMail(settings)
  return {
    post: postJson({ addressOf }),
    mail: (server) => (server === null ? platformMail : openSmtpMail({ ...server, addressOf })),
  }
}
