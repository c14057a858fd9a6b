import { localRunner } from '@berth/command'
import { berthUser, connectionString, openDatabase, systemUser } from '@berth/database'
import { defaultTimes } from '@berth/deploy'
import { places, type Settings } from '@berth/domain'
import { openHostEngine, registriesFrom, serveEngine } from '@berth/engine'
import { openAppLogs, openDrains, openStageLogs, openTargets } from '@berth/observe'
import { openRegistryCredentials, platformSealing } from '@berth/people'
import { openJobQueue } from '@berth/queue/drivers/bullmq/open-job-queue.ts'
import { startProcessors } from '@berth/queue/drivers/bullmq/start-processors.ts'
import { haproxyOptions, openHaproxy, openHaproxyAccessLog, rememberHosts } from '@berth/route'
import { commitsBetween, commitTree, removeRepository, repositoryPath } from '@berth/source'
import { mountMemory, openSecretFiles } from './app/secret-files.ts'
import { openAuthority } from './certificates/open-authority.ts'
import { clearFetched, fetchSourceFor } from './fetch-source.ts'
import { openVersions } from './metrics/read-versions.ts'
import { openNotifier } from './notices/open-notifier.ts'
import { openWaysOut } from './notices/open-ways-out.ts'
import { reportToStderr } from './report.ts'
import type { WorkerDrivers } from './start-worker.ts'

/** A deployment mostly waits, also for its turn; so does a build, of which few are made at a time (build-stage.ts). */
const concurrency = { build: 32, deploy: 64 }

/** The real drivers: the one place of the worker that knows which they are. */
export async function wire(settings: Settings): Promise<WorkerDrivers> {
  const place = places(settings)
  const connection = { connectionString: connectionString(settings) }
  const user = systemUser(berthUser)
  const sealing = platformSealing(settings)
  const database = openDatabase(settings)
  const engine = await openHostEngine({
    home: place.engine,
    run: place.engineRun,
    commands: localRunner,
    registries: registriesFrom(settings),
  })
  const served = await serveEngine(engine, {
    socket: place.engineSocket,
    onBug: (error) => reportToStderr('a call to the engine', error),
  })
  const repository = (appId: string) => ({ path: repositoryPath(place.repositories, appId), user })
  const queue = openJobQueue(connection)
  const notifier = openNotifier({ stores: database, queue, settings, report: reportToStderr })
  const { frontDoor, routeOfHost } = rememberHosts(openHaproxy(haproxyOptions(settings)))
  await mountMemory(place.secretFiles, localRunner)
  return {
    settings,
    secretFiles: openSecretFiles(place.secretFiles),
    stores: database,
    engine,
    frontDoor,
    authority: await openAuthority(settings, user),
    accessLog: await openHaproxyAccessLog(haproxyOptions(settings), {
      routeOfHost,
      socketOwner: systemUser('haproxy').uid,
    }),
    queue,
    registryCredentials: openRegistryCredentials({ store: database.registryCredentials, sealing }),
    logs: openStageLogs(place.stageLogs),
    drains: openDrains({ store: database.drains, sealing }),
    appLogs: openAppLogs(place.logHistory, {
      maxBytes: settings.logBytes,
      maxAgeMs: settings.logAgeMs,
      report: reportToStderr,
    }),
    notify: notifier.notify,
    targets: openTargets({ store: database.notifications, sealing }),
    waysOut: openWaysOut(settings),
    versions: openVersions({ commands: localRunner, serverVersion: database.serverVersion }),
    times: { ...defaultTimes, healthTimeoutMs: settings.healthTimeoutMs },
    sourceTree: (app, commit, quarantine) =>
      commitTree({ repository: repository(app.id).path, commit, quarantine, user }),
    commitsBetween: (app, range) => commitsBetween(repository(app.id), range),
    fetchSource: fetchSourceFor({ settings, repositories: place.repositories, user }),
    clearFetched: () => clearFetched(place.repositories, user),
    removeRepository: (app) => removeRepository(repository(app.id)),
    report: reportToStderr,
    socketGid: user.gid,
    startProcessors: (processors) =>
      startProcessors(connection, processors, {
        concurrency,
        onFailure: ({ name, error }) => reportToStderr(`job ${name}`, error),
      }),
    closeDrivers: async () => {
      await notifier.close()
      await served.close()
      await engine.close()
      await database.close()
    },
  }
}
