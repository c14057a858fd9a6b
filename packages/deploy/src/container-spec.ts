import { randomBytes } from 'node:crypto'
import type { ProcessType, Release } from '@berth/domain'
import type { ContainerSpec } from '@berth/engine'
import { processArguments, runEnvironment } from '@berth/release'
import { instanceLabels, releaseCommandType } from './instance.ts'
import { instanceLimits, instanceLog } from './limits.ts'
import { type Subject, subjectOf, type Undertaking } from './undertaking.ts'

/** An instance of an app, in the engine's words. @throws RELEASE.COMMAND_INVALID, RELEASE.COMMAND_NEEDS_SHELL, RELEASE.NOTHING_TO_RUN */
export function containerSpec(
  undertaking: Undertaking,
  slot: { type: ProcessType; index: number },
): ContainerSpec {
  const { app, logDirectory } = undertaking
  const subject = subjectOf(undertaking)
  const { release, deploymentId, port, commit: revision } = subject
  const { configuration } = release
  const env = runEnvironment({ app, release, instance: slot, port, revision, configuration })
  const hostname = `${slot.type}-${slot.index}`
  return {
    name: `${app.name}-${hostname}-${randomBytes(4).toString('hex')}`,
    group: app.id,
    labels: instanceLabels({ appId: app.id, deploymentId, releaseVersion: release.version, ...slot }),
    image: release.imageDigest,
    ...argumentsOf(subject, slot.type, env),
    env,
    user: null,
    workingDirectory: null,
    hostname,
    network: 'bridge',
    limits: instanceLimits,
    log: { directory: logDirectory, ...instanceLog },
    init: true,
  }
}

function argumentsOf({ release, image, hasShell }: Subject, type: ProcessType, env: Record<string, string>) {
  const { entrypoint, command } = image.config
  const variables = { ...image.config.env, ...env }
  return processArguments(commandOf(release, type), variables, { entrypoint, command, hasShell })
}

function commandOf(release: Release, type: ProcessType): string | null {
  if (type === releaseCommandType) return release.releaseCommand
  return release.processes.find((found) => found.type === type)?.command ?? null
}
