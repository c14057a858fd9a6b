import { type Step, stepKey } from './plan-deploy.ts'

/**
 * Carries plans out until there is nothing left to do. Steps run side by side; whenever one is done, or something
 * changed outside, the next plan is made from what is there then. Promises:
 * - No step is carried out twice at once.
 * - `stop` (a deployment): the first failure aborts the other steps, waits for them and is thrown.
 * - `go-on` (keeping): a step that failed is told to `failed` and left alone until the next round.
 * - An aborted signal aborts the steps, waits for them and throws its reason.
 */
export type Round = {
  plan(): Promise<readonly Step[]>
  execute(step: Step, signal: AbortSignal): Promise<void>
  /** Resolves at the next change outside that a plan depends on: one that comes after this call. */
  changed(): Promise<void>
  signal: AbortSignal
  onFailure: 'stop' | 'go-on'
  failed?(step: Step, error: unknown): void
}

export async function carryOut(round: Round): Promise<void> {
  const steps = startSteps(round)
  while (!steps.signal.aborted) {
    const changed = round.changed()
    for (const step of await round.plan()) steps.begin(step)
    if (steps.running.size === 0) break
    await Promise.race([...steps.running.values(), changed, steps.aborted])
  }
  await Promise.all(steps.running.values())
  round.signal.throwIfAborted()
  steps.signal.throwIfAborted()
}

function startSteps(round: Round) {
  const stopping = new AbortController()
  const signal = AbortSignal.any([stopping.signal, round.signal])
  const running = new Map<string, Promise<void>>()
  const failed = new Set<string>()
  const aborted = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => aborted.resolve(), { once: true })

  function begin(step: Step): void {
    const key = stepKey(step)
    if (signal.aborted || running.has(key) || failed.has(key)) return
    const work = round.execute(step, signal).catch((error: unknown) => fail(step, error))
    running.set(
      key,
      work.finally(() => running.delete(key)),
    )
  }

  function fail(step: Step, error: unknown): void {
    if (signal.aborted) return
    failed.add(stepKey(step))
    if (round.onFailure === 'stop') stopping.abort(error)
    else round.failed?.(step, error)
  }

  return { begin, running, signal, aborted: aborted.promise }
}
