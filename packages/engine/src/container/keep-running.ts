import type { RestartPolicy } from '../engine.ts'
import { saveRecord } from './container-record.ts'
import { type Held, tell } from './held-containers.ts'
import { nextRestart, startsWithEngine } from './restart-policy.ts'
import { begin } from './run-container.ts'
import { forgetRestart, type Slot } from './slot.ts'

const never: RestartPolicy = { when: 'no', mostRestarts: 0 }
/** Each takes some 30 ms of both cores. */
const mostAtOnce = 4

/** To be called in turn, after its exit was recorded and cleared up. */
export async function restartLater(held: Held, slot: Slot, failedToStart = false): Promise<void> {
  const { exit, startedAt, stopped = false, restarts = 0, spec } = slot.record
  if (exit === null && !failedToStart) return
  const ranMs = failedToStart || !exit || !startedAt ? 0 : exit.at.getTime() - startedAt.getTime()
  const code = failedToStart ? 127 : (exit?.code ?? 0)
  const next = nextRestart({ policy: spec.restart ?? never, exit: { code }, stopped, restarts, ranMs })
  if (next === null) return
  const restartsAt = new Date(Date.now() + next.afterMs)
  slot.record = { ...slot.record, restarts: next.restarts, restartsAt }
  await saveRecord(slot.directory, slot.record)
  tell(held, 'restarting', slot)
  if (!held.closed) slot.restart = setTimeout(() => void restart(held, slot), next.afterMs).unref()
}

/** After the engine was opened: those that should run and do not. */
export async function startKept(held: Held, endedNow: ReadonlySet<Slot>): Promise<void> {
  const due = [...held.slots.values()].filter((slot) => isDue(slot, endedNow))
  const startNext = async () => {
    for (let slot = due.shift(); slot !== undefined && !held.closed; slot = due.shift()) {
      await restart(held, slot)
    }
  }
  await Promise.all(Array.from({ length: mostAtOnce }, startNext))
}

function isDue(slot: Slot, endedNow: ReadonlySet<Slot>): boolean {
  const { run, exit, startedAt, stopped = false, restartsAt, spec } = slot.record
  if (run !== null) return false
  const policy = spec.restart ?? never
  const failedNow = endedNow.has(slot) && exit !== null && exit.code !== 0
  const due = failedNow || (restartsAt ?? null) !== null
  return startsWithEngine({ policy, stopped, fresh: startedAt === null, due })
}

/** One that cannot be started has failed once more. */
async function restart(held: Held, slot: Slot): Promise<void> {
  await slot
    .inTurn(async () => {
      if (held.closed || slot.removed || slot.record.run !== null) return
      forgetRestart(slot)
      await begin(held, slot).catch(async (error: unknown) => {
        process.emitWarning(`${slot.record.id} could not be restarted: ${String(error)}`, 'BerthContainers')
        await restartLater(held, slot, true)
      })
    })
    .catch((error: unknown) => process.emitWarning(String(error), 'BerthContainers'))
}
