import { randomUUID } from 'node:crypto'
import { patiently } from '@berth/deploy'
import type { Settings } from '@berth/domain'
import {
  type Delivery,
  type DeliveryPhase,
  type Message,
  type Notice,
  type Notify,
  noticeKey,
  sayNotice,
  type Target,
} from '@berth/observe'
import { dashboardUrl } from '@berth/route'
import type { Parts } from '../parts.ts'

/**
 * Takes notices from whoever has one, and makes of each a delivery for every target that wants it. Promises:
 * - `notify` costs its caller nothing: notices wait in memory, one is worked on at a time, and beyond so many waiting they
 *   are lost, and counted. So are those in memory when the worker is killed; what lasts is told by who sees it again.
 * - What lasts reaches a target once, and once more when it is over; anything else once. Who tells it again after most of a
 *   day means another: nobody may have seen the end of the first.
 * - A target gets so much at a time. What is beyond that is left out, and the next one says how much it was.
 */
export type Notifier = { notify: Notify; close(): Promise<void> }

const mostWaiting = 1_000
/** Per target. */
const most = { count: 30, withinMs: 10 * 60_000 }
/** What was told is not told again in between, where somebody tells it every hour. */
const quietMs = 20 * 60 * 60_000

type NotifierParts = Pick<Parts, 'stores' | 'queue' | 'settings' | 'report'>

export function openNotifier(parts: NotifierParts): Notifier {
  const waiting: Dated[] = []
  const closing = new AbortController()
  let working: Promise<void> | undefined
  let lost = 0

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next && !closing.signal.aborted; next = waiting.shift()) {
      const dated = next
      await patiently(() => tell(parts, dated), closing.signal).catch((error: unknown) => {
        if (!closing.signal.aborted) parts.report(`telling of ${dated.notice.kind}`, error)
      })
    }
    if (lost > 0) parts.report('telling of what happens', new Error(`${lost} notices were lost`))
    lost = 0
  }

  return {
    notify: (notice) => {
      if (closing.signal.aborted) return
      if (waiting.length < mostWaiting) waiting.push({ notice, at: new Date() })
      else lost += 1
      working ??= work().finally(() => {
        working = undefined
      })
    },
    close: async () => {
      closing.abort(new Error('closing'))
      await working
    },
  }
}

type Dated = { notice: Notice; at: Date }

/** Done again after a failure in between, it does nothing twice. */
async function tell(parts: NotifierParts, { notice, at }: Dated): Promise<void> {
  const { notifications } = parts.stores
  const targets =
    notice.app === null ? await notifications.allTargets() : await notifications.targets(notice.app.teamId)
  for (const target of targets.filter((each) => wants(each, notice))) {
    const last = await notifications.lastAbout(target.id, noticeKey(notice))
    if (isNews(phaseOf(notice), last, at)) await give(parts, target, { notice, at })
  }
}

/** What is said of the machine is not for who asked for some apps alone. */
function wants({ noticeKinds, appIds }: Target, { kind, app }: Notice): boolean {
  const isMeant = appIds.length === 0 || (app !== null && appIds.includes(app.id))
  return isMeant && noticeKinds.includes(kind)
}

export function isNews(
  phase: DeliveryPhase,
  last: Pick<Delivery, 'phase' | 'createdAt'> | null,
  at: Date,
): boolean {
  const isLongAgo = last === null || at.getTime() - last.createdAt.getTime() > quietMs
  if (phase === 'ended') return last?.phase === 'begun'
  return isLongAgo || (phase === 'begun' && last.phase === 'ended')
}

async function give({ stores, queue, settings }: NotifierParts, target: Target, { notice, at }: Dated) {
  const { sent, leftOut } = await stores.notifications.load(target.id, new Date(Date.now() - most.withinMs))
  const id = randomUUID()
  const isTooMuch = sent >= most.count
  await stores.notifications.addDelivery({
    ...{ id, targetId: target.id, subject: noticeKey(notice), phase: phaseOf(notice) },
    message: withLeftOut(sayNotice(notice, at, await placesOf(stores, settings)), leftOut),
    state: isTooMuch ? 'left-out' : 'queued',
  })
  // Where this fails, the round that looks for stranded ones finds it.
  if (!isTooMuch) await queue.add('notify', { deliveryId: id })
}

function withLeftOut(message: Message, leftOut: number): Message {
  if (leftOut === 0) return message
  const words = `Before this, ${leftOut} more ${leftOut === 1 ? 'was' : 'were'} not sent: too many at a time.`
  return { ...message, lines: [...message.lines, words] }
}

function phaseOf(notice: Notice): DeliveryPhase {
  return 'phase' in notice ? notice.phase : 'once'
}

async function placesOf({ certificates }: NotifierParts['stores'], settings: Settings) {
  const dashboard = await dashboardUrl(settings, certificates)
  return { machine: settings.baseDomain, addressOf: (app: string) => `${dashboard}/apps/${app}` }
}
