import { Secret } from '@berth/command'
import { patiently } from '@berth/deploy'
import {
  type App,
  type Build,
  type CacheUse,
  type EventSink,
  isBerthError,
  type StageEvent,
} from '@berth/domain'
import type { RegistryAccount } from '@berth/people'
import { readFile } from '@berth/source'
import { workerError } from '../errors.ts'
import { ownNames } from '../own-names.ts'
import type { Parts } from '../parts.ts'
import { buildInputs } from './build-inputs.ts'
import { buildLimits } from './build-limits.ts'
import type { OpenedSource } from './build-source.ts'
import { maskSecrets, mountedSecrets } from './mask-secrets.ts'
import { type RevisionFiles, readRevision } from './read-revision.ts'
import type { Stage } from './running-stages.ts'
import { withoutPlace } from './without-place.ts'

export type Making = { app: App; build: Build; source: OpenedSource; accounts: readonly RegistryAccount[] }
export type MadeImage = { files: RevisionFiles; digest: string }

/** The image of a build that runs; of one that had succeeded, what it made. @throws BUILD.…, RELEASE.…, SOURCE.… */
export async function makeImage(parts: Parts, making: Making, stage: Stage): Promise<MadeImage> {
  const { build, source } = making
  const files = await readRevision(source.tree)
  if (build.state === 'succeeded' && build.imageDigest !== null) return { files, digest: build.imageDigest }
  const noting = noteCacheUse(stage.sink)
  const { digest } = await buildImage(parts, making, files, { ...stage, sink: noting.sink })
  stage.signal.throwIfAborted()
  const succeeded = await patiently(() => parts.stores.builds.succeed(build.id, digest, noting.cacheUse()))
  if (!succeeded) throw workerError['BUILD.CANCELLED']()
  return { files, digest }
}

async function buildImage(
  parts: Parts,
  { app, build, source, accounts }: Making,
  { appJson }: RevisionFiles,
  stage: Stage,
) {
  const { engine, settings } = parts
  const { tree, dockerfilePath, revision } = source
  const inputs = await buildInputs(parts, { app: { ...app, dockerfilePath }, tree, appJson }, stage.signal)
  const request = {
    tree,
    dockerfilePath,
    target: null,
    arguments: { ...inputs.arguments, BERTH_REVISION: revision?.commit ?? '' },
    secrets: inputs.secrets,
    labels: {},
    names: [`${ownNames}${app.name}:${(revision?.commit ?? build.id.replaceAll('-', '')).slice(0, 12)}`],
    // Images of apps are their own, whoever guesses a name.
    hiddenNames: [ownNames],
    registryCredentials: credentialsOf(accounts),
    imageScope: app.teamId,
    cacheScope: app.id,
    limits: buildLimits,
    authorities: settings.buildAuthorities,
    noCache: false,
  }
  const sink = maskSecrets(stage.sink, await printable({ tree, dockerfilePath }, inputs.secrets))
  return await engine.build(request, sink, stage.signal).catch((error: unknown) => {
    throw build.source.kind === 'image' ? withoutPlace(error) : error
  })
}

/** Of a Dockerfile that is none, a link or too long: all. The build says what is wrong with it. */
async function printable(
  { tree, dockerfilePath }: Pick<OpenedSource, 'tree' | 'dockerfilePath'>,
  secrets: Readonly<Record<string, Secret>>,
): Promise<Readonly<Record<string, Secret>>> {
  try {
    return mountedSecrets((await readFile(tree, dockerfilePath)) ?? '', secrets)
  } catch (error) {
    if (isBerthError(error)) return secrets
    throw error
  }
}

/** By host. */
function credentialsOf(accounts: readonly RegistryAccount[]) {
  return Object.fromEntries(
    accounts.map(({ host, username, password }) => [host, { username, password: new Secret(password) }]),
  )
}

/** What the engine tells of its cache at the end of a build is kept with the build. */
function noteCacheUse(sink: EventSink) {
  let use: CacheUse | null = null
  return {
    cacheUse: () => use,
    sink: (event: StageEvent) => {
      if (event.kind === 'reused') use = { reusedSteps: event.steps, steps: event.of }
      sink(event)
    },
  }
}
