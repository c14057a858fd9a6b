import type { Formation } from '@berth/domain'
import { reachedTypes } from './app-route.ts'
import { carryOut } from './carry-out.ts'
import { execute } from './executors.ts'
import { quantitiesOf } from './formation.ts'
import type { Instance, Slot } from './instance.ts'
import { observeApp } from './observe-app.ts'
import { planDeploy, type Step, type Target } from './plan-deploy.ts'
import type { Undertaking } from './undertaking.ts'

/**
 * Makes what runs of an app equal to what should run: after a crash, a reboot, a scaling, a deployment (old instances) and
 * a failed one (its remains). What fails is told and left for the next time; an aborted signal ends it at once.
 */
export type Keeping = {
  undertaking: Omit<Undertaking, 'beforeSwitch'>
  formation: Formation
  /** Deployments that are not over: their instances are left alone. */
  untouched(): readonly string[]
  resting(): readonly Slot[]
}

export async function keepApp(
  keeping: Keeping,
  round: { changed(): Promise<void>; failed(step: Step, error: unknown): void; signal: AbortSignal },
): Promise<void> {
  const undertaking: Undertaking = { ...keeping.undertaking, beforeSwitch: async () => undefined }
  await carryOut({
    ...round,
    plan: () => planKeeping(keeping),
    execute: (step, signal) => execute(step, undertaking, signal),
    onFailure: 'go-on',
  })
}

/** What there would be to do: nothing, for nearly every app at nearly every time. */
export async function planKeeping(keeping: Keeping): Promise<Step[]> {
  const { app, engine, facts, route } = keeping.undertaking
  const current = await observeApp({ appId: app.id, engine, facts, route, resting: keeping.resting() })
  return planDeploy(current, targetOf(keeping))
}

/** The same for an app whose instances were looked up with everyone's: one look at the engine serves all apps. */
export function planKeepingOf(keeping: Keeping, instances: readonly Instance[]): Step[] {
  const { route } = keeping.undertaking
  const current = {
    instances,
    routed: route.routed(),
    reached: reachedTypes(route),
    resting: keeping.resting(),
  }
  return planDeploy(current, targetOf(keeping))
}

function targetOf({ undertaking: { subject }, formation, untouched }: Keeping): Target {
  return {
    mode: 'keep',
    deploymentId: subject?.deploymentId ?? null,
    quantities: subject ? quantitiesOf(subject.release, formation) : [],
    tasks: [],
    untouched: untouched(),
  }
}
