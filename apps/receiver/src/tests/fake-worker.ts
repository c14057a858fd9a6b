import type { Stores } from '@berth/database'
import { isBuildOver, noScripts, places, type Settings, type StageEvent } from '@berth/domain'
import type { FakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import type { JobName, Payload } from '@berth/queue'
import { commitTree, repositoryPath } from '@berth/source'

/** A worker for tests: it takes build jobs at once, and does with each what `whenBuilding` says. */
export type FakeWorker = {
  taken: Payload<'build'>[]
  whenBuilding: (job: BuildJob) => Promise<void>
  take(name: JobName, payload: Payload<'build'>): Promise<string>
  /** Builds, releases and deploys, at once; what it does unless told otherwise. */
  succeed(job: BuildJob): Promise<void>
  fail(job: BuildJob, error: { code: string; message: string; hint: string }): Promise<void>
}

export type BuildJob = {
  buildId: string
  appId: string
  commit: string
  /** The files of the push, read from where git keeps it until it is accepted. */
  files: () => Promise<string[]>
  say: (...lines: string[]) => void
}

const at = 0

export function fakeWorker({
  stores,
  live,
  settings,
}: {
  stores: Stores
  live: FakeLiveClient
  settings: Settings
}): FakeWorker {
  const end = (id: string, outcome: 'succeeded' | 'failed', rest: Partial<StageEvent> = {}) =>
    live.tellStage(id, { kind: 'ended', at, outcome, error: null, next: null, ...rest } as StageEvent)

  async function jobOf({ buildId, objects }: Payload<'build'>): Promise<BuildJob> {
    const build = await stores.builds.get(buildId)
    const { commit } = await stores.revisions.get(build.revisionId ?? '')
    const repository = repositoryPath(places(settings).repositories, build.appId)
    const tree = commitTree({ repository, commit, quarantine: objects.quarantine })
    return {
      buildId,
      appId: build.appId,
      commit,
      files: async () => (await tree.entries()).map(({ path }) => path),
      say: (...lines) =>
        live.tellStage(
          buildId,
          ...lines.map((text) => ({ kind: 'line', at, step: null, stream: 'stdout', text }) as const),
        ),
    }
  }

  const worker: FakeWorker = {
    taken: [],
    whenBuilding: (job) => worker.succeed(job),
    async take(_name, payload) {
      worker.taken.push(payload)
      void jobOf(payload).then((job) => worker.whenBuilding(job))
      return payload.buildId
    },
    async succeed({ buildId, appId, files }) {
      if (isBuildOver((await stores.builds.get(buildId)).state)) return
      await stores.builds.start(buildId)
      live.tellStage(buildId, { kind: 'section', at, text: `Building ${(await files()).length} files` })
      const build = await stores.builds.get(buildId)
      await stores.builds.succeed(buildId, `sha256:${'0'.repeat(64)}`)
      const release = await stores.releases.create({
        appId,
        imageDigest: `sha256:${'0'.repeat(64)}`,
        revisionId: build.revisionId,
        processes: [],
        releaseCommand: null,
        configuration: {},
        secretFiles: {},
        healthchecks: {},
        scripts: noScripts,
        cron: [],
        limits: {},
        reason: 'push',
        createdById: null,
      })
      const deployment = await stores.deployments.create(appId, release.id)
      end(buildId, 'succeeded', { next: deployment.id } as Partial<StageEvent>)
      await stores.deployments.become(deployment.id, 'starting')
      live.tellStage(deployment.id, { kind: 'step-started', at, step: 'start', title: 'Starting web.1' })
      await stores.deployments.become(deployment.id, 'healthy')
      await stores.deployments.becomeLive(deployment.id)
      end(deployment.id, 'succeeded')
    },
    async fail({ buildId }, error) {
      await stores.builds.start(buildId)
      const record = { ...error, fault: 'user' as const, retryable: false }
      await stores.builds.end(buildId, 'failed', record)
      end(buildId, 'failed', { error: record } as Partial<StageEvent>)
    },
  }
  return worker
}
