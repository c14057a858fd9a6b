import { beginAfresh } from '@berth/command'
import { readSettings } from '@berth/domain'
import { openReceiver } from './open-receiver.ts'
import { wire } from './wiring.ts'

/**
 * git's doors, as the user `berth`: `node apps/receiver/src/receiver.ts`, with the platform's settings in the environment.
 * SIGTERM and SIGINT end it, within ten seconds whatever hangs.
 */
const lastMomentMs = 9_500

beginAfresh()
const settings = readSettings(process.env)
const wired = wire(settings)
const receiver = await openReceiver(wired.parts)
wired.parts.log(`git over SSH on port ${receiver.sshPort}, over HTTP on port ${receiver.httpPort}`)

let ending = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)

function end(): void {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(1), lastMomentMs).unref()
  receiver
    .close()
    .then(wired.close)
    .then(() => process.exit(0))
}
