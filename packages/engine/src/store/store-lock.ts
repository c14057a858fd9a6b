import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { systemError } from '../system/errors.ts'
import { type LockKind, tryLock } from '../system/syscalls.ts'

/**
 * Who may remove and who may rely: whoever makes layers or leans on images that no container shows yet holds the lock
 * `shared`; whoever removes holds it `exclusive`. The kernel lets go of it when a process dies. It counts between
 * processes and between tasks of one process alike, and it may be held shared within shared, never exclusive within either.
 *
 * @throws STORE.BUSY after `timeoutMs`
 */
export type StoreLock = <Result>(
  kind: LockKind,
  work: () => Promise<Result>,
  options?: { timeoutMs?: number; signal?: AbortSignal },
) => Promise<Result>

const defaultTimeoutMs = { shared: 600_000, exclusive: 60_000 }
const firstPauseMs = 2
const longestPauseMs = 100

export function storeLock(path: string): StoreLock {
  return async (kind, work, options = {}) => {
    const descriptor = openSync(path, 'a', 0o600)
    try {
      await acquire(descriptor, kind, options.timeoutMs ?? defaultTimeoutMs[kind], options.signal)
      return await work()
    } finally {
      closeSync(descriptor)
    }
  }
}

async function acquire(
  descriptor: number,
  kind: LockKind,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const end = performance.now() + timeoutMs
  let pauseMs = firstPauseMs
  while (!tryLock(descriptor, kind)) {
    if (performance.now() >= end) throw systemError['STORE.BUSY'](undefined)
    await pause(pauseMs, undefined, { signal })
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
  signal?.throwIfAborted()
}
