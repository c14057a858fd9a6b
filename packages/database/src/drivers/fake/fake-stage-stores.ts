import type { DeploymentStore } from '@berth/deploy'
import {
  type Build,
  type BuildState,
  buildStates,
  type Configuration,
  type Deployment,
  type DeploymentState,
  deploymentStates,
  mayBecome,
  noConfiguration,
  type Release,
  type Revision,
} from '@berth/domain'
import type { AppStore, BuildStore, ConfigurationStore, NewRelease, ReleaseStore } from '@berth/release'
import type { RevisionStore } from '@berth/source'
import { databaseError } from '../../errors.ts'
import { Rows } from './rows.ts'

export function fakeRevisionStore(): RevisionStore {
  const rows = new Rows<Revision>('revision')
  return {
    get: async (id) => rows.get(id),
    many: async (ids) => rows.where(({ id }) => ids.includes(id)),
    create: async (revision) => rows.add(revision),
  }
}

const notBegun = { error: null, startedAt: null, finishedAt: null }

export function fakeBuildStore(): BuildStore {
  const rows = new Rows<Build>('build')
  const become = async (id: string, state: BuildState, change: Partial<Build>) => {
    const now = rows.find(id)?.state
    return now !== undefined && mayBecome(buildStates, now, state) && rows.update(id, { ...change, state })
  }
  return {
    get: async (id) => rows.get(id),
    create: async (appId, revisionId, asked) => {
      const { source = { kind: 'push' }, createdById = null } = asked ?? {}
      const given = { appId, revisionId, source, createdById }
      const made = { imageDigest: null, reusedSteps: null, steps: null }
      return rows.add({ ...given, state: 'queued', ...made, ...notBegun })
    },
    setRevision: async (id, revisionId) =>
      rows.find(id)?.state === 'running' && rows.update(id, { revisionId }),
    start: (id) => become(id, 'running', { startedAt: new Date() }),
    succeed: (id, imageDigest, cache) =>
      become(id, 'succeeded', { imageDigest, ...cache, finishedAt: new Date() }),
    end: (id, state, error) => become(id, state, { error, finishedAt: new Date() }),
    unfinished: async () => rows.where(({ state }) => state === 'queued' || state === 'running'),
    list: async (appId, limit) => newest(rows, appId, limit),
  }
}

type FakeConfigurations = ConfigurationStore & {
  read(appId: string): { current: Configuration; changedAt: Date | null }
  write(appId: string, now: Configuration, changedById: string | null): void
}

export function fakeConfigurations(apps: Pick<AppStore, 'get'>): FakeConfigurations {
  const rows = new Map<string, { now: Configuration; at: Date; byId: string | null }>()
  const read = (appId: string) => {
    const row = structuredClone(rows.get(appId))
    return { current: row?.now ?? noConfiguration, changedAt: row?.at ?? null }
  }
  return {
    // An app's configuration goes with it.
    current: async (appId) => ((await apps.get(appId)) === null ? noConfiguration : read(appId).current),
    changed: async (appId) => {
      const row = (await apps.get(appId)) === null ? undefined : rows.get(appId)
      return row ? { at: row.at, byId: row.byId } : null
    },
    read,
    write: (appId, now, byId) =>
      void rows.set(appId, { now: structuredClone(now), at: later(rows.get(appId)?.at), byId }),
  }
}

/** Now, and never the moment of the change before: a database is not that fast. */
function later(before: Date | undefined): Date {
  return new Date(Math.max(Date.now(), (before?.getTime() ?? 0) + 1))
}

export function fakeReleaseStore(
  apps: Pick<AppStore, 'get'>,
  configurations: FakeConfigurations,
): ReleaseStore {
  const rows = new Rows<Release>('release')
  const latest = (appId: string) => newest(rows, appId, 1)[0] ?? null
  const create = (release: NewRelease) =>
    rows.add({ ...release, version: (latest(release.appId)?.version ?? 0) + 1 })
  return {
    get: async (id) => rows.get(id),
    latest: async (appId) => latest(appId),
    byVersion: async (appId, version) =>
      rows.where((row) => row.appId === appId && row.version === version)[0] ?? null,
    list: async (appId, limit) =>
      newest(rows, appId, limit).map(({ configuration: _, secretFiles: __, ...summary }) => summary),
    create: async (release) => create(release),
    next: async (appId, decide) => {
      if ((await apps.get(appId)) === null) throw databaseError['RECORD.NOT_FOUND']({ what: 'app' })
      // From here on nothing waits: who changes something at the same time comes before or after.
      const { release, configuration } = decide({
        latest: latest(appId),
        ...configurations.read(appId),
      })
      if (configuration) configurations.write(appId, configuration.now, configuration.changedById)
      return release && create(release)
    },
    imagesInUse: async () => [...new Set(rows.where(() => true).map(({ imageDigest }) => imageDigest))],
  }
}

export function fakeDeploymentStore(): DeploymentStore {
  const rows = new Rows<Deployment>('deployment')
  const become = async (id: string, state: DeploymentState, change: Partial<Deployment>) => {
    const now = rows.find(id)?.state
    return (
      now !== undefined && mayBecome(deploymentStates, now, state) && rows.update(id, { ...change, state })
    )
  }
  const unfinished: readonly DeploymentState[] = ['queued', 'starting', 'healthy']
  const liveOnes = (appId: string) => rows.where((row) => row.appId === appId && row.state === 'live')
  return {
    get: async (id) => rows.get(id),
    create: async (appId, releaseId, asked) => {
      const { cause = 'build', createdById = null } = asked ?? {}
      const given = { appId, releaseId, cause, createdById, isFirst: false, settledAt: null }
      return rows.add({ ...given, state: 'queued', ...notBegun })
    },
    become: (id, state) => become(id, state, state === 'starting' ? { startedAt: new Date() } : {}),
    becomeLive: async (id, options) => {
      const before = liveOnes(rows.find(id)?.appId ?? '')
      const now = new Date()
      const change = { finishedAt: now, settledAt: options?.afterwards ? null : now }
      if (!(await become(id, 'live', { ...change, isFirst: before.length === 0 }))) return false
      for (const deployment of before) await become(deployment.id, 'superseded', {})
      return true
    },
    end: (id, state, error) => become(id, state, { error, finishedAt: new Date() }),
    live: async (appId) => liveOnes(appId)[0] ?? null,
    settle: async (id) => {
      if (isUnsettled(rows.find(id))) rows.update(id, { settledAt: new Date() })
    },
    unfinished: async () => rows.where((row) => unfinished.includes(row.state) || isUnsettled(row)),
    list: async (appId, limit) => newest(rows, appId, limit),
  }
}

function isUnsettled(row: Deployment | null): boolean {
  return (row?.state === 'live' || row?.state === 'superseded') && row.settledAt === null
}

function newest<Row extends { id: string; appId: string; createdAt: Date }>(
  rows: Rows<Row>,
  appId: string,
  limit: number,
): Row[] {
  return rows
    .where((row) => row.appId === appId)
    .reverse()
    .slice(0, limit)
}
