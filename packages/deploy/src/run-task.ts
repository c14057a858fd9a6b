import { tell } from '@berth/domain'
import type { Container, ContainerExit } from '@berth/engine'
import { taskSpec } from './container-spec.ts'
import { deployError } from './errors.ts'
import { label } from './instance.ts'
import { lastLines } from './last-lines.ts'
import { limitsOf } from './limits.ts'
import { commandOf, isAfterwards, type TaskName, taskTitles } from './tasks.ts'
import { tellStep } from './tell-step.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * Runs one task of a deployment and waits for its end. One that still runs from before a crash is waited for; its
 * container stays until the deployment is over, as the sign that it has begun. A task before the deployment that did not
 * succeed is begun anew; one after it never is.
 * @throws DEPLOY.TASK_FAILED, DEPLOY.TASK_TIMED_OUT, DEPLOY.TASK_OUT_OF_MEMORY, or the signal's reason
 */
export async function runTask(undertaking: Undertaking, name: TaskName, signal: AbortSignal): Promise<void> {
  const { engine, times, sink, closing } = undertaking
  const command = commandOf(subjectOf(undertaking).release, name)
  const finished = tellStep(sink, { step: name, title: `Running the ${taskTitles[name]}: ${command}` })
  const container = await begin(undertaking, name)
  const tooLate = AbortSignal.timeout(times.taskTimeoutMs)
  const over = AbortSignal.any([tooLate, signal])
  try {
    const telling = tellLog(undertaking, { containerId: container.id, step: name }, over)
    const exit = await engine.containers.wait(container.id, over)
    await telling
    if (exit.code !== 0) throw await failure(undertaking, { name, containerId: container.id, exit })
    finished('done')
  } catch (error) {
    finished(over.aborted && !tooLate.aborted ? 'cancelled' : 'failed')
    // Whoever takes over waits for it to end.
    if (over.aborted && !closing.aborted) await breakOff(undertaking, name, container.id)
    if (!tooLate.aborted || signal.aborted) throw error
    throw deployError['DEPLOY.TASK_TIMED_OUT']({ task: taskTitles[name], timeoutMs: times.taskTimeoutMs })
  }
}

async function begin(undertaking: Undertaking, name: TaskName): Promise<Container> {
  const { containers } = undertaking.engine
  const { deploymentId } = subjectOf(undertaking)
  const found = await containers.list({ [label.deployment]: deploymentId, [label.task]: name })
  const kept = found.find(({ state }) => state === 'running' || isAfterwards(name))
  for (const container of found) if (container !== kept) await containers.remove(container.id)
  const container = kept ?? (await containers.create(taskSpec(undertaking, name)))
  return container.state === 'created' ? containers.start(container.id) : container
}

/** One after a deployment stays, as the sign that it has begun. */
async function breakOff({ engine }: Undertaking, name: TaskName, containerId: string): Promise<void> {
  if (isAfterwards(name)) await engine.containers.kill(containerId, 'SIGKILL')
  else await engine.containers.remove(containerId)
}

async function tellLog(
  undertaking: Undertaking,
  { containerId, step }: { containerId: string; step: TaskName },
  signal: AbortSignal,
): Promise<void> {
  const { engine, sink } = undertaking
  const query = { follow: true, tail: null, since: null, signal }
  try {
    for await (const { stream, text } of engine.containers.logs(containerId, query)) {
      tell(sink, { kind: 'line', step, stream, text })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function failure(
  undertaking: Undertaking,
  { name, containerId, exit }: { name: TaskName; containerId: string; exit: ContainerExit },
) {
  const { release } = subjectOf(undertaking)
  const lines = await lastLines(undertaking.engine.containers, containerId, release.configuration)
  const task = taskTitles[name]
  if (!exit.outOfMemory) return deployError['DEPLOY.TASK_FAILED']({ ...exit, task, lastLines: lines })
  const limitBytes = limitsOf(release, 'release').memoryBytes
  return deployError['DEPLOY.TASK_OUT_OF_MEMORY']({ task, limitBytes })
}
