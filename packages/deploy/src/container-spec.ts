import { randomBytes } from 'node:crypto'
import type { ContainerMount, ContainerSpec } from '@berth/engine'
import { type ProcessArguments, processArguments, runEnvironment } from '@berth/release'
import { instanceLabels, label, type Slot, taskType } from './instance.ts'
import { instanceLog, limitsOf } from './limits.ts'
import { commandOf, type TaskName } from './tasks.ts'
import { type Subject, subjectOf, type Undertaking } from './undertaking.ts'

/** An instance of an app, in the engine's words. @throws RELEASE.COMMAND_INVALID, RELEASE.COMMAND_NEEDS_SHELL, RELEASE.NOTHING_TO_RUN */
export function containerSpec(undertaking: Undertaking, slot: Slot): ContainerSpec {
  const { processes } = subjectOf(undertaking).release
  const command = processes.find(({ type }) => type === slot.type)?.command ?? null
  return specOf(undertaking, slot, (env) => argumentsOf(subjectOf(undertaking), command, env))
}

/** The same for a task of its deployment. */
export function taskSpec(undertaking: Undertaking, name: TaskName): ContainerSpec {
  const { release } = subjectOf(undertaking)
  const spec = specOf(undertaking, { type: taskType, index: 1 }, (env) =>
    argumentsOf(subjectOf(undertaking), commandOf(release, name), env),
  )
  return { ...spec, labels: { ...spec.labels, [label.task]: name } }
}

/** With other words: `argumentsFor` is given the environment. */
export function specOf(
  undertaking: Undertaking,
  slot: Slot,
  argumentsFor: (env: Readonly<Record<string, string>>) => ProcessArguments,
): ContainerSpec {
  const { app, logDirectory } = undertaking
  const subject = subjectOf(undertaking)
  const { release, deploymentId, port, commit: revision, secretFiles } = subject
  const { configuration } = release
  const env = runEnvironment({ app, release, instance: slot, port, revision, configuration })
  const hostname = `${slot.type}-${slot.index}`
  return {
    name: `${app.name}-${hostname}-${randomBytes(4).toString('hex')}`,
    group: app.id,
    labels: instanceLabels({ appId: app.id, deploymentId, releaseVersion: release.version, ...slot }),
    image: release.imageDigest,
    ...argumentsFor(env),
    env,
    user: null,
    workingDirectory: null,
    hostname,
    network: 'bridge',
    limits: limitsOf(release, slot.type),
    log: { directory: logDirectory, ...instanceLog },
    init: true,
    mounts: secretFiles === null ? [] : [secretMount(secretFiles)],
  }
}

/** Where Docker and its like have them. */
function secretMount(source: string): ContainerMount {
  return { kind: 'bind', source, target: '/run/secrets', readOnly: true }
}

function argumentsOf({ image, hasShell }: Subject, said: string | null, env: Record<string, string>) {
  const { entrypoint, command } = image.config
  const variables = { ...image.config.env, ...env }
  return processArguments(said, variables, { entrypoint, command, hasShell })
}
