import { instanceName, tell } from '@berth/domain'
import type { RouteTarget } from './app-route.ts'
import { containerSpec } from './container-spec.ts'
import { deployError } from './errors.ts'
import { checksOf } from './health/checks-of.ts'
import { untilHealthy } from './health-gate.ts'
import type { Slot } from './instance.ts'
import { lastLines } from './last-lines.ts'
import { limitsOf } from './limits.ts'
import { patiently } from './patiently.ts'
import type { Step } from './plan-deploy.ts'
import { routeTargetOf, targetName } from './route-target.ts'
import { runTask } from './run-task.ts'
import { tellStep } from './tell-step.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * What carries each step out. A step is safe to repeat: a crash may come between any two lines, and the next plan asks
 * for it again. A step that has no executor does not compile.
 */
type Executor<Kind extends Step['kind']> = (
  step: Extract<Step, { kind: Kind }>,
  undertaking: Undertaking,
  signal: AbortSignal,
) => Promise<void>

type AwaitHealthy = Extract<Step, { kind: 'awaitHealthy' }>

const executors: { readonly [Kind in Step['kind']]: Executor<Kind> } = {
  runTask: ({ task }, undertaking, signal) => runTask(undertaking, task, signal),

  startInstance: async (step, undertaking) => {
    const { containers } = undertaking.engine
    const name = instanceName(step.type, step.index)
    tell(undertaking.sink, { kind: 'step-started', step: name, title: `Starting ${name}` })
    const containerId = step.containerId ?? (await containers.create(containerSpec(undertaking, step))).id
    try {
      await containers.start(containerId)
    } catch (error) {
      await containers.remove(containerId)
      throw error
    }
  },

  awaitHealthy: async (step, undertaking, signal) => {
    const { sink } = undertaking
    const name = instanceName(step.type, step.index)
    const startedAt = Date.now()
    const finish = (outcome: 'done' | 'failed') =>
      tell(sink, { kind: 'step-finished', step: name, outcome, durationMs: Date.now() - startedAt })
    try {
      const healthy = await untilHealthy(undertaking, step, signal)
      if (healthy) welcome(undertaking, step)
      finish(healthy ? 'done' : 'failed')
    } catch (error) {
      finish('failed')
      throw error
    }
  },

  reportCrash: async (step, undertaking) => {
    throw await crash(undertaking, step, step.containerId)
  },

  switchRoute: async (step, undertaking, signal) => {
    const { facts, route, sink } = undertaking
    await undertaking.beforeSwitch()
    const targets = await Promise.all(step.containerIds.map((id) => findTarget(undertaking, id)))
    for (const { containerId } of targets) facts.drained.delete(containerId)
    const finished = tellStep(sink, { step: 'route', title: 'Switching the route' })
    try {
      await patiently(() => route.point(targets), signal, { patienceMs: routePatienceMs })
      finished('done')
    } catch (error) {
      finished('failed')
      throw error
    }
  },

  drainInstance: async ({ containerId }, { route, facts, times, engine }, signal) => {
    const name = targetName(await engine.containers.get(containerId))
    await leave(route.drained(name, times.drainTimeoutMs), signal)
    facts.drained.add(containerId)
  },

  stopInstance: async ({ containerId }, { engine, facts, times }, signal) => {
    const { stopTimeoutMs: timeoutMs } = times
    const stopping = facts.stopping.get(containerId) ?? engine.containers.stop(containerId, { timeoutMs })
    facts.stopping.set(containerId, stopping)
    stopping.catch(() => facts.stopping.delete(containerId))
    await leave(stopping, signal)
  },

  removeInstance: async ({ containerId }, { engine }) => {
    await engine.containers.remove(containerId)
  },
}

/** From here on it counts as healthy; whether it is ready, whoever goes on asking finds out. */
function welcome(undertaking: Undertaking, { type, containerId, untilReady }: AwaitHealthy): void {
  const { facts } = undertaking
  const { readiness } = checksOf(subjectOf(undertaking), type)
  if (!untilReady && readiness.length > 0) {
    facts.unready.set(containerId, { readiness: 'not yet', because: 'not ready yet' })
  }
  facts.healthy.add(containerId)
  undertaking.foundHealthy()
}

export function execute(step: Step, undertaking: Undertaking, signal: AbortSignal): Promise<void> {
  // The table's type ties each executor to its step; the compiler cannot follow that through the lookup.
  const executor = executors[step.kind] as Executor<Step['kind']>
  return executor(step as never, undertaking, signal)
}

/** Why an instance ended before its deployment was live. */
async function crash(undertaking: Undertaking, slot: Slot, containerId: string) {
  const { engine } = undertaking
  const { exit } = await engine.containers.get(containerId)
  const { release } = subjectOf(undertaking)
  const lines = await lastLines(engine.containers, containerId, release.configuration)
  const instance = instanceName(slot.type, slot.index)
  if (exit?.outOfMemory) {
    const limitBytes = limitsOf(release, slot.type).memoryBytes
    return deployError['DEPLOY.OUT_OF_MEMORY']({ instance, limitBytes, lastLines: lines })
  }
  const { code, signal } = exit ?? { code: 1, signal: null }
  return deployError['DEPLOY.CRASHED_AT_START']({ instance, code, signal, lastLines: lines })
}

async function findTarget(undertaking: Undertaking, containerId: string): Promise<RouteTarget> {
  const container = await undertaking.engine.containers.get(containerId)
  return routeTargetOf(container, subjectOf(undertaking).port)
}

/** The front door may be on its way up again: that must not fail a deployment. */
const routePatienceMs = 30_000

/** Waits, unless something more urgent comes up: what is waited for goes on by itself. */
async function leave(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const urgent = Promise.withResolvers<never>()
  const stop = () => urgent.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, urgent.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
