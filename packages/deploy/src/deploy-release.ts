import type { DeploymentCause, Formation } from '@berth/domain'
import { carryOut } from './carry-out.ts'
import { deployError } from './errors.ts'
import { execute } from './executors.ts'
import { quantitiesOf } from './formation.ts'
import { type Instance, label } from './instance.ts'
import { instancesOf, observeApp } from './observe-app.ts'
import { patiently } from './patiently.ts'
import { planDeploy } from './plan-deploy.ts'
import type { DeploymentStore } from './stores.ts'
import { isAfterwards, tasksAfter, tasksBefore } from './tasks.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * Carries one deployment out, until it is live; what runs `afterwards` is left to the caller. A restart runs no task: its
 * release has had them. Nothing that serves is touched: when this throws before the route was
 * switched, the app goes on as it was, and keeping it (`keepApp`) clears away what was begun. Old instances are drained and
 * stopped by keeping as well, so that nobody waits for them.
 * @throws DEPLOY.… with the cause, or the signal's reason
 */
export async function deployRelease(given: {
  undertaking: Omit<Undertaking, 'beforeSwitch'>
  formation: Formation
  cause: DeploymentCause
  deployments: DeploymentStore
  changed(): Promise<void>
  /** Waited for before the route is switched: from here on the deployment cannot be cancelled. */
  onSwitch(): Promise<void>
  signal: AbortSignal
}): Promise<void> {
  const { deployments, formation, signal } = given
  const isRestart = given.cause === 'restart'
  const undertaking: Undertaking = { ...given.undertaking, beforeSwitch }
  const { release, deploymentId } = subjectOf(undertaking)
  const target = {
    mode: 'deploy',
    deploymentId,
    quantities: quantitiesOf(release, formation),
    tasks: isRestart ? [] : tasksBefore(release).map(({ name }) => name),
    untouched: [],
  } as const

  let switched = false
  async function beforeSwitch(): Promise<void> {
    if (switched) return
    signal.throwIfAborted()
    const healthy = await patiently(() => deployments.become(deploymentId, 'healthy'), signal)
    if (!healthy) throw deployError['DEPLOY.CANCELLED']()
    switched = true
    await given.onSwitch()
  }

  await removeEnded(undertaking)
  await carryOut({
    plan: async () => planDeploy(await observe(undertaking), target),
    execute: (step, stepSignal) => execute(step, undertaking, stepSignal),
    changed: given.changed,
    signal,
    onFailure: 'stop',
  })
  await beforeSwitch()
  const afterwards = !isRestart && tasksAfter(release, { isFirst: true }).length > 0
  await patiently(() => deployments.becomeLive(deploymentId, { afterwards }))
}

function observe({ app, engine, facts, route }: Undertaking) {
  return observeApp({ appId: app.id, engine, facts, route, resting: [] })
}

/**
 * What a crash of the machine left of an earlier attempt at this deployment. A task's container is kept if the
 * task succeeded: it must not run twice.
 */
async function removeEnded(undertaking: Undertaking): Promise<void> {
  const { engine, facts } = undertaking
  const { deploymentId } = subjectOf(undertaking)
  const found = await instancesOf(engine, facts, { [label.deployment]: deploymentId })
  const ended = found.filter((instance) => instance.state === 'exited' && !isKept(instance))
  for (const { containerId } of ended) await engine.containers.remove(containerId)
}

function isKept({ task, exitCode }: Instance): boolean {
  return isAfterwards(task) || (task !== null && exitCode === 0)
}
