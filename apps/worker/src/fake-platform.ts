import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { defaultTimes } from '@berth/deploy'
import {
  type App,
  type Deployment,
  parseAppName,
  places,
  readSettings,
  type SourceTree,
  type StageEvent,
} from '@berth/domain'
import { fakeEngine } from '@berth/engine/drivers/fake-engine.ts'
import {
  type LiveClient,
  type Notice,
  openAppLogs,
  openDrains,
  openLiveClient,
  openStageLogs,
  openTargets,
} from '@berth/observe'
import { fakeMail } from '@berth/observe/drivers/fake-mail.ts'
import { openRegistryCredentials, openSealing } from '@berth/people'
import { fakeQueue } from '@berth/queue/drivers/fake-queue.ts'
import type { Authority } from '@berth/route'
import { type FakeFrontDoor, fakeFrontDoor } from '@berth/route/drivers/fake.ts'
import { fakeAccessLog } from '@berth/route/drivers/fake-access-log.ts'
import { openSecretFiles } from './app/secret-files.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'

export type Files = Readonly<Record<string, string>>

/** For tests: a worker over fakes, its live socket real. Engine, stores, queue and front door outlive a restart of it. */
export async function startFakePlatform(
  options: { leaseGraceMs?: number; authority?: Authority; env?: Record<string, string> } = {},
) {
  const directory = await mkdtemp(`${tmpdir()}/berth-worker-`)
  const settings = readSettings({
    BERTH_HOME: `${directory}/home`,
    BERTH_RUN: `${directory}/run`,
    ...options.env,
  })
  const place = places(settings)
  for (const path of [place.stageLogs, place.appLogs, place.secretFiles, settings.run])
    await mkdir(path, { recursive: true })
  const stores = fakeStores()
  const sealing = openSealing('key')
  const registryCredentials = openRegistryCredentials({ store: stores.registryCredentials, sealing })
  const engine = fakeEngine()
  const frontDoor: FakeFrontDoor = fakeFrontDoor()
  const accessLog = fakeAccessLog()
  const { queue, startProcessors } = fakeQueue()
  const trees = new Map<string, Files>()
  const reports: string[] = []
  const notices: Notice[] = []
  const live: LiveClient = openLiveClient(place.workerSocket)
  let worker: RunningWorker | undefined

  async function start(): Promise<void> {
    worker = await startWorker({
      settings,
      secretFiles: openSecretFiles(place.secretFiles),
      stores,
      engine,
      frontDoor,
      authority: options.authority ?? null,
      queue,
      registryCredentials,
      logs: openStageLogs(place.stageLogs),
      drains: openDrains({ store: stores.drains, sealing }),
      appLogs: openAppLogs(place.logHistory, {
        maxBytes: settings.logBytes,
        maxAgeMs: settings.logAgeMs,
        report: (doing, error) => void reports.push(`${doing}: ${error}`),
      }),
      accessLog,
      notify: (notice) => void notices.push(notice),
      targets: openTargets({ store: stores.notifications, sealing }),
      waysOut: { post: async () => ({ answer: '200' }), mail: () => fakeMail().send },
      versions: async () => [{ name: 'Linux', version: '6.1.0' }],
      times: {
        ...defaultTimes,
        healthTimeoutMs: 1_500,
        settleMs: 50,
        drainTimeoutMs: 1_000,
        stopTimeoutMs: 1_000,
      },
      sourceTree: (_app, commit) => fakeTree(trees.get(commit) ?? {}),
      fetchSource: async ({ url, ref }) => {
        const commit = 'c'.repeat(40)
        const tree = fakeTree(trees.get(url) ?? {})
        return {
          info: { commit, message: `from ${ref}`, author: 'them' },
          tree,
          close: async () => undefined,
        }
      },
      clearFetched: async () => undefined,
      removeRepository: async () => undefined,
      commitsBetween: async () => null,
      report: (doing, error) => void reports.push(`${doing}: ${error}`),
      socketGid: process.getgid?.() ?? 0,
      startProcessors: (processors) =>
        startProcessors(processors, {
          concurrency: { build: 32 },
          onFailure: ({ error }) => reports.push(`job: ${error}`),
        }),
      closeDrivers: async () => undefined,
      leaseGraceMs: options.leaseGraceMs,
    })
  }

  async function createApp(name = 'shop'): Promise<App> {
    const team = await stores.people.createTeam('team')
    return stores.apps.create({ name: parseAppName(name), teamId: team.id })
  }

  /** What the receiver does with a push; returns the build's id. */
  async function push(app: App, files: Files): Promise<string> {
    const commit = (trees.size + 1).toString(16).padStart(7, '0').padEnd(40, 'f')
    trees.set(commit, files)
    const revision = await stores.revisions.create({
      appId: app.id,
      commit,
      message: 'change',
      author: 'someone',
      branch: 'main',
      pushedById: null,
    })
    const build = await stores.builds.create(app.id, revision.id)
    await queue.add('build', { buildId: build.id, objects: { quarantine: null } })
    return build.id
  }

  async function eventsOf(stageId: string, lease = false): Promise<StageEvent[]> {
    const events: StageEvent[] = []
    const signal = AbortSignal.timeout(20_000)
    for await (const event of live.stageEvents(stageId, { after: 0, lease, signal })) events.push(event)
    return events
  }

  /** Both stages of a push, to their end. */
  async function outcome(buildId: string) {
    const build = endOf(await eventsOf(buildId))
    const deployment = build.next === null ? null : endOf(await eventsOf(build.next))
    return { build, deployment, deploymentId: build.next }
  }

  async function deployed(app: App, files: Files): Promise<Deployment> {
    const { deploymentId, build, deployment } = await outcome(await push(app, files))
    if (deploymentId === null || deployment?.outcome !== 'succeeded') {
      throw new Error(
        `not deployed: ${JSON.stringify(build.error ?? deployment?.error)} ${reports.join('\n')}`,
      )
    }
    return stores.deployments.get(deploymentId)
  }

  const routeOf = (app: App) => frontDoor.table.routes.find(({ id }) => id === app.id)

  async function answer(app: App): Promise<string> {
    const target = routeOf(app)?.targets[0]
    return target
      ? (await fetch(`http://${target.address}:${target.port}`)).text()
      : `nothing: ${routeOf(app)?.state}`
  }

  async function stop(): Promise<void> {
    await worker?.close()
    worker = undefined
  }

  await start()
  return {
    ...{
      settings,
      stores,
      registryCredentials,
      engine,
      frontDoor,
      queue,
      live,
      accessLog,
      reports,
      notices,
      trees,
    },
    ...{ start, stop, createApp, push, eventsOf, outcome, deployed, routeOf, answer },
    parts: () => (worker as RunningWorker).parts,
    remove: async () => {
      await stop()
      await engine.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type FakePlatform = Awaited<ReturnType<typeof startFakePlatform>>

/** Waits for what comes about by itself. */
export async function eventually(check: () => Promise<void> | void, withinMs = 5_000): Promise<void> {
  for (const until = Date.now() + withinMs; ; ) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
    }
    await sleep(10)
  }
}

export function endOf(events: readonly StageEvent[]): Extract<StageEvent, { kind: 'ended' }> {
  const last = events.at(-1)
  if (last?.kind !== 'ended') throw new Error(`the stage has not ended: ${JSON.stringify(last)}`)
  return last
}

export function fakeTree(files: Files): SourceTree {
  const entries = Object.entries(files)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, content]) => ({
      path,
      kind: 'file' as const,
      executable: false,
      contentId: content,
      sizeBytes: content.length,
    }))
  return {
    entries: async () => entries,
    async *read(asked) {
      for (const entry of asked) yield { entry, content: Buffer.from(files[entry.path] ?? '') }
    },
  }
}
