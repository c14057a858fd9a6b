import { isBerthError, toErrorRecord } from '@berth/domain'
import { type Delivery, type SealedTarget, sendMessage, type Targets, type WaysOut } from '@berth/observe'
import { jobs, type Processors } from '@berth/queue'
import type { Parts } from '../parts.ts'

export type DeliveryParts = Pick<Parts, 'stores' | 'queue' | 'report'> & {
  targets: Pick<Targets, 'open'>
  waysOut: WaysOut
}

/**
 * Sends one notification, and records what was said to it. It may be sent twice where a crash comes between the two, under
 * the same id; what another attempt may help goes back to the queue.
 */
export function notifyProcessor(parts: DeliveryParts): Processors['notify'] {
  return async ({ deliveryId }, { signal }) => {
    const { notifications } = parts.stores
    const delivery = await notifications.delivery(deliveryId)
    const target = delivery && (await notifications.target(delivery.targetId))
    const attempt = target ? await notifications.beginAttempt(deliveryId) : 0
    if (delivery === null || target === null || attempt === 0) return
    const outcome = await send(parts, target, delivery)
    signal.throwIfAborted()
    if (!('error' in outcome)) {
      await notifications.endDelivery(deliveryId, 'delivered', outcome.answer)
      return
    }
    const { message, retryable } = toErrorRecord(outcome.error)
    if (retryable && attempt < jobs.notify.attempts) {
      await notifications.noteAnswer(deliveryId, message)
      throw outcome.error
    }
    await notifications.endDelivery(deliveryId, 'failed', message)
  }
}

async function send(
  { targets, waysOut, report }: DeliveryParts,
  target: SealedTarget,
  { id, message }: Delivery,
): Promise<{ answer: string } | { error: unknown }> {
  try {
    return await sendMessage(waysOut, targets.open(target), { id: `msg_${id}`, message })
  } catch (error) {
    if (!isBerthError(error)) report(`sending a notification to ${target.shown}`, error)
    return { error }
  }
}

const untriedForMs = 2 * 60_000
/** Longer than all attempts of a job take. */
const triedForMs = 60 * 60_000
const atOnce = 100

/** Deliveries whose job is lost: a crash came between the two. Returns how many. */
export async function requeueStranded({ stores, queue }: Pick<Parts, 'stores' | 'queue'>): Promise<number> {
  const now = Date.now()
  const before = { untried: new Date(now - untriedForMs), tried: new Date(now - triedForMs) }
  const stranded = await stores.notifications.stranded(before, atOnce)
  for (const { id } of stranded) await queue.add('notify', { deliveryId: id })
  return stranded.length
}
