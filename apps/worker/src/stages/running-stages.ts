import type { EventSink } from '@berth/domain'
import type { StageLogs } from '@berth/observe'

/**
 * The builds and deployments that this worker is working on now. Each runs once, however often its job comes; each can be
 * cancelled until it says that it cannot be any more.
 */
export interface RunningStages {
  /** Resolves when the stage is over. A stage that runs already is left to whoever runs it. */
  run(stage: { id: string; appId: string; signal: AbortSignal }, work: StageWork): Promise<void>
  /** False: it does not run here, or it is too late. */
  cancel(id: string): boolean
  cancelApp(appId: string): Promise<void>
  isRunning(id: string): boolean
  count(): number
  /** When a stage last began or ended here, in milliseconds since 1970. */
  lastChangeAt(): number
}

export type Stage = {
  signal: AbortSignal
  sink: EventSink
  isCancelled(): boolean
  /** From here on it cannot be cancelled. */
  protect(): void
}

export type StageWork = (stage: Stage) => Promise<void>

type Running = { appId: string; cancelling: AbortController; protected: boolean; over: Promise<void> }

export function openRunningStages(logs: Pick<StageLogs, 'sink'>): RunningStages {
  const running = new Map<string, Running>()
  let changedAt = Date.now()

  async function run(
    { id, appId, signal }: { id: string; appId: string; signal: AbortSignal },
    work: StageWork,
  ): Promise<void> {
    if (running.has(id)) return
    const cancelling = new AbortController()
    const over = Promise.withResolvers<void>()
    const entry: Running = { appId, cancelling, protected: false, over: over.promise }
    running.set(id, entry)
    changedAt = Date.now()
    try {
      await work({
        signal: AbortSignal.any([cancelling.signal, signal]),
        sink: logs.sink(id),
        isCancelled: () => cancelling.signal.aborted,
        protect: () => {
          entry.protected = true
        },
      })
    } finally {
      running.delete(id)
      changedAt = Date.now()
      over.resolve()
    }
  }

  function cancel(id: string): boolean {
    const stage = running.get(id)
    if (stage === undefined || stage.protected) return false
    stage.cancelling.abort(new Error('cancelled'))
    return true
  }

  return {
    run,
    cancel,
    cancelApp: async (appId) => {
      const own = [...running].filter(([, stage]) => stage.appId === appId)
      for (const [id] of own) cancel(id)
      await Promise.all(own.map(([, stage]) => stage.over))
    },
    isRunning: (id) => running.has(id),
    count: () => running.size,
    lastChangeAt: () => changedAt,
  }
}
