import type { ContainerExit, WaitCondition } from '../engine.ts'
import { type Held, slotOf } from './held-containers.ts'
import type { Slot } from './slot.ts'

export async function waitForExit(
  held: Held,
  id: string,
  { until = 'exited', signal }: { until?: WaitCondition; signal?: AbortSignal },
): Promise<ContainerExit> {
  const awaited = wanted(slotOf(held, id), until)
  return signal === undefined ? awaited : unlessAborted(awaited, signal)
}

async function wanted({ record, over, next, gone }: Slot, until: WaitCondition): Promise<ContainerExit> {
  if (until === 'removed') return gone.promise
  if (until === 'next exit') return next.promise
  return record.run === null && record.exit !== null ? record.exit : over.promise
}

function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
