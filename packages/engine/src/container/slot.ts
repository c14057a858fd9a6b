import type { Writable } from 'node:stream'
import type { ContainerExit } from '../engine.ts'
import type { RootMount } from '../filesystem.ts'
import type { Reservation } from '../network/networks.ts'
import type { ContainerRecord } from './container-record.ts'

/** A container as this process holds it: its record, and what is open for it while it runs. */
export type Slot = {
  record: ContainerRecord
  directory: string
  /** Null where it does not run, or was started by a worker that is gone: the mount was in that one's namespace. */
  root: RootMount | null
  reservation: Reservation | null
  /** How many hold its root while it does not run. */
  holders: number
  /** Asked to stop: an end after that is not called out of memory for something that happened long ago. */
  stopping: boolean
  removed: boolean
  /** Something of its last run is still there: to be cleared before the next one, or before it goes. */
  uncleared: boolean
  over: PromiseWithResolvers<ContainerExit>
  /** Settled by its next exit, whatever came before; rejected when it is removed. */
  next: PromiseWithResolvers<ContainerExit>
  /** Settled when it is removed, by its last exit. */
  gone: PromiseWithResolvers<ContainerExit>
  /** Until its restart policy starts it again. */
  restart: NodeJS.Timeout | null
  /** Its standard input, once somebody who has joined it has written something. */
  input: Writable | null
  /** Further processes that belong to this process, and what ends each. */
  commands: Map<string, () => Promise<void>>
  /** One change at a time: what is given runs when everything given before has ended. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>
}

/** One that is rejected (removed before it ever ran) without anybody waiting is no error. */
export function unheard(): PromiseWithResolvers<ContainerExit> {
  const over = Promise.withResolvers<ContainerExit>()
  over.promise.catch(() => undefined)
  return over
}

export function newSlot(record: ContainerRecord, directory: string): Slot {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    record,
    directory,
    root: null,
    reservation: null,
    holders: 0,
    stopping: false,
    removed: false,
    uncleared: false,
    over: unheard(),
    next: unheard(),
    gone: unheard(),
    restart: null,
    input: null,
    commands: new Map(),
    inTurn(work) {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

/** What stands to be restarted no longer does. To be called in turn; the caller saves the record. */
export function forgetRestart(slot: Slot): void {
  clearTimeout(slot.restart ?? undefined)
  slot.restart = null
  if (slot.record.restartsAt) slot.record = { ...slot.record, restartsAt: null }
}
