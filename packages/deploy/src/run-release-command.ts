import { instanceName, tell } from '@berth/domain'
import type { Container, ContainerExit } from '@berth/engine'
import { containerSpec } from './container-spec.ts'
import { deployError } from './errors.ts'
import { label, releaseCommandType } from './instance.ts'
import { lastLines } from './last-lines.ts'
import { instanceLimits } from './limits.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * Runs the release command once and waits for its end. One that still runs from before a crash is waited for; its
 * container stays until the deployment is over, as the sign that it succeeded.
 * @throws DEPLOY.RELEASE_COMMAND_FAILED, DEPLOY.RELEASE_COMMAND_TIMED_OUT, DEPLOY.OUT_OF_MEMORY
 */
export async function runReleaseCommand(undertaking: Undertaking, signal: AbortSignal): Promise<void> {
  const { engine, times, sink } = undertaking
  const { release } = subjectOf(undertaking)
  tell(sink, { kind: 'section', text: `Running the release command: ${release.releaseCommand}` })
  const container = await begin(undertaking)
  const tooLate = AbortSignal.timeout(times.releaseCommandTimeoutMs)
  const over = AbortSignal.any([tooLate, signal])
  try {
    const telling = tellLog(undertaking, container.id, over)
    const exit = await engine.containers.wait(container.id, over)
    await telling
    if (exit.code !== 0) throw await failure(undertaking, container.id, exit)
  } catch (error) {
    if (over.aborted) await engine.containers.remove(container.id)
    if (!tooLate.aborted || signal.aborted) throw error
    throw deployError['DEPLOY.RELEASE_COMMAND_TIMED_OUT']({ timeoutMs: times.releaseCommandTimeoutMs })
  }
}

async function begin(undertaking: Undertaking): Promise<Container> {
  const { engine } = undertaking
  const { deploymentId } = subjectOf(undertaking)
  const labels = { [label.deployment]: deploymentId, [label.process]: releaseCommandType }
  const found = await engine.containers.list(labels)
  const running = found.find((container) => container.state === 'running')
  if (running) return running
  for (const container of found) await engine.containers.remove(container.id)
  const spec = containerSpec(undertaking, { type: releaseCommandType, index: 1 })
  const container = await engine.containers.create(spec)
  return engine.containers.start(container.id)
}

async function tellLog(undertaking: Undertaking, containerId: string, signal: AbortSignal): Promise<void> {
  const { engine, sink } = undertaking
  const query = { follow: true, tail: null, since: null, signal }
  try {
    for await (const { stream, text } of engine.containers.logs(containerId, query)) {
      tell(sink, { kind: 'line', step: null, stream, text })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function failure(undertaking: Undertaking, containerId: string, exit: ContainerExit) {
  const { configuration } = subjectOf(undertaking).release
  const lines = await lastLines(undertaking.engine.containers, containerId, configuration)
  if (!exit.outOfMemory) return deployError['DEPLOY.RELEASE_COMMAND_FAILED']({ ...exit, lastLines: lines })
  return deployError['DEPLOY.OUT_OF_MEMORY']({
    instance: instanceName(releaseCommandType, 1),
    limitBytes: instanceLimits.memoryBytes,
    lastLines: lines,
  })
}
