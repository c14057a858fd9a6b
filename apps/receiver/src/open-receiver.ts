import { setTimeout as sleep } from 'node:timers/promises'
import { places } from '@berth/domain'
import { openAfterwards } from './afterwards.ts'
import { openCrowd } from './crowd.ts'
import { pushError } from './errors.ts'
import { hostKey } from './host-key.ts'
import { openHttpDoor } from './http-door.ts'
import { type ReceiverLimits, type ReceiverParts, receiverLimits } from './parts.ts'
import { type Door, openSshDoor } from './ssh-door.ts'
import { openTurns } from './turns.ts'

export type OpenReceiver = {
  sshPort: number
  httpPort: number
  /** Lets pushes that are nearly done end, breaks the others off with a word, and closes: within 8 s. */
  close(): Promise<void>
}

/** What the wiring or a test has to bring; the rest is the receiver's own. */
export type GivenParts = Omit<ReceiverParts, 'turns' | 'sessions' | 'afterwards' | 'limits' | 'closing'> & {
  limits?: Partial<ReceiverLimits>
}

/** One person may bring fifty apps at once, and leaves others a way in. */
const sessionLimits = { total: 96, perKey: 64 }
const untilBrokenOffMs = 4_000
const untilClosedMs = 3_000

/** Opens both doors. `sshHost` null: every address of the machine. */
export async function openReceiver(
  given: GivenParts,
  { sshHost = null }: { sshHost?: string | null } = {},
): Promise<OpenReceiver> {
  const closing = new AbortController()
  const parts: ReceiverParts = {
    ...given,
    limits: { ...receiverLimits, ...given.limits },
    turns: openTurns(),
    sessions: openCrowd(sessionLimits),
    afterwards: openAfterwards(given.log),
    closing: closing.signal,
  }
  const { settings } = parts
  const key = await hostKey(`${places(settings).receiver}/ssh_host_ed25519_key`)
  const ssh = await openSshDoor(parts, { host: sshHost, port: settings.sshPort, hostKey: key })
  const http = await openHttpDoor(parts, { port: settings.receiverPort }).catch(async (error) => {
    await ssh.close()
    throw error
  })
  return { sshPort: ssh.port, httpPort: http.port, close: () => close(parts, [ssh, http], closing) }
}

async function close(parts: ReceiverParts, doors: readonly Door[], closing: AbortController): Promise<void> {
  for (const door of doors) door.stopListening()
  await untilNobodyIsIn(parts, untilBrokenOffMs)
  closing.abort(pushError['PUSH.RESTARTING']())
  await untilNobodyIsIn(parts, untilClosedMs)
  await Promise.all(doors.map((door) => door.close()))
  await parts.afterwards.close()
}

async function untilNobodyIsIn({ sessions }: ReceiverParts, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; sessions.size > 0 && Date.now() < end; ) await sleep(20)
}
