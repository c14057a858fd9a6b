import { setTimeout as sleep } from 'node:timers/promises'
import { instanceName, web } from '@berth/domain'
import type { Container } from '@berth/engine'
import { untilAccepted } from './accepts-connection.ts'
import { deployError } from './errors.ts'
import type { Slot } from './instance.ts'
import { listenersOf, listeningHint } from './listening.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * Waits until an instance is healthy. web: until something accepts a connection on its port, probed from outside without
 * any fixed wait. Other types have no port: they are healthy once they ran for a moment.
 * Returns false as soon as the container has ended: why is told by whoever looks next.
 * @throws DEPLOY.NEVER_LISTENED, or the signal's reason
 */
export async function untilHealthy(
  undertaking: Undertaking,
  slot: Slot,
  containerId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { engine } = undertaking
  const over = new AbortController()
  const container = await engine.containers.get(containerId)
  const ended = engine.containers.wait(containerId, AbortSignal.any([over.signal, signal])).then(() => false)
  const gate = slot.type === web ? accepting : settled
  try {
    return await Promise.race([
      ended,
      gate({ undertaking, slot, container }, AbortSignal.any([over.signal, signal])),
    ])
  } finally {
    over.abort()
    ended.catch(() => undefined)
  }
}

type Candidate = { undertaking: Undertaking; slot: Slot; container: Container }

async function accepting({ undertaking, slot, container }: Candidate, signal: AbortSignal): Promise<boolean> {
  const { times } = undertaking
  const { port } = subjectOf(undertaking)
  const tooLate = AbortSignal.timeout(times.healthTimeoutMs)
  const { address } = container
  if (container.state === 'exited') return false
  const accepted =
    address !== null && (await untilAccepted({ address, port }, AbortSignal.any([tooLate, signal])))
  if (accepted) return true
  signal.throwIfAborted()
  const listeners = container.pid === null ? [] : await listenersOf(container.pid)
  throw deployError['DEPLOY.NEVER_LISTENED']({
    instance: instanceName(slot.type, slot.index),
    port,
    timeoutMs: times.healthTimeoutMs,
    listening: listeningHint(listeners, port),
  })
}

async function settled({ undertaking, container }: Candidate, signal: AbortSignal): Promise<boolean> {
  const ranMs = Date.now() - (container.startedAt ?? new Date()).getTime()
  await sleep(Math.max(0, undertaking.times.settleMs - ranMs), undefined, { signal })
  return true
}
