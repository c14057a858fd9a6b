import { isSame } from '../sandbox/process-life.ts'
import { reached } from '../system/failure-points.ts'
import { logPath } from './container-record.ts'
import { clearRun, findExit, recordExit } from './end-container.ts'
import { type Held, tell } from './held-containers.ts'
import { type Slot, unheard } from './slot.ts'
import { watchExits } from './watch-exits.ts'

/** Notices exits, by the files that monitors leave and by looking now and then, and looks after logs as well. */
export function watchContainers(held: Held): { close(): void } {
  const lookAtAll = () => {
    for (const slot of held.slots.values()) lookAt(held, slot)
  }
  const watcher = watchExits(held.parts.places.exits, {
    look: (id) => {
      const slot = held.slots.get(id)
      if (slot !== undefined) conclude(held, slot).catch(report)
    },
    lookAtAll,
  })
  // What ended after it was found and before it was watched.
  lookAtAll()
  return watcher
}

export function lookAt(held: Held, slot: Slot): void {
  const { run, spec } = slot.record
  if (run === null) return
  const work =
    isSame(run.process) && isSame(run.monitor)
      ? held.logs.look(logPath(slot.record), spec.log)
      : conclude(held, slot)
  work.catch(report)
}

/** Records the exit, tells everyone, clears up. Does nothing while it runs. */
function conclude(held: Held, slot: Slot): Promise<void> {
  return slot.inTurn(async () => {
    const exit = await findExit(held.parts, slot)
    if (exit === undefined) return
    reached('exit found')
    held.logs.forget(logPath(slot.record))
    await recordExit(slot, exit)
    reached('exit recorded')
    slot.over.resolve(exit)
    slot.next.resolve(exit)
    slot.next = unheard()
    tell(held, 'exited', slot)
    await clearRun(held.parts, slot)
    await held.afterExit(slot)
  })
}

/** For what nobody waits for: an exit is looked for again at the next look, clearing up at the next start or removal. */
function report(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(text, 'BerthContainers')
}
