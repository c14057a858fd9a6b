import type { App, AppPort, Domain, Formation, ProcessLimits } from '@berth/domain'
import type { AppStore } from '@berth/release'
import { databaseError } from '../../errors.ts'
import type { DomainStore, PortStore } from '../../stores.ts'
import { Rows } from './rows.ts'

export function fakeAppStore(): AppStore {
  const rows = new Rows<App>('app')
  const formations = new Map<string, Formation>()
  const limits = new Map<string, Record<string, ProcessLimits>>()
  const sorted = (apps: App[]) => apps.sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    get: async (id) => rows.find(id),
    byName: async (name) => rows.where((app) => app.name === name)[0] ?? null,
    listForTeams: async (teamIds) => sorted(rows.where(({ teamId }) => teamIds.includes(teamId))),
    all: async () => sorted(rows.where(() => true)),
    create: async ({ name, teamId }) => {
      if (rows.where((app) => app.name === name).length > 0) throw databaseError['APP.NAME_TAKEN']({ name })
      const same = { deployBranch: null, dockerfilePath: 'Dockerfile', stoppedAt: null, lock: null }
      return rows.add({ name, teamId, ...same })
    },
    setDeployBranch: async (id, deployBranch) => void rows.update(id, { deployBranch }),
    formation: async (id) => ({ ...formations.get(id) }),
    setFormation: async (id, formation) => {
      formations.set(id, { ...formations.get(id), ...formation })
    },
    limits: async (id) => ({ ...limits.get(id) }),
    setLimits: async (id, type, given) => {
      const { [type]: _before, ...others } = limits.get(id) ?? {}
      const isSaid = given !== null && (given.memoryBytes !== null || given.cpus !== null)
      limits.set(id, isSaid ? { ...others, [type]: { ...given } } : others)
    },
    setStopped: async (id, stopped) => {
      const since = rows.find(id)?.stoppedAt ?? new Date()
      rows.update(id, { stoppedAt: stopped ? since : null })
    },
    setLock: async (id, lock) => {
      const before = rows.find(id)?.lock
      if (before === undefined || (before === null) === (lock === null)) return false
      return rows.update(id, { lock })
    },
    transfer: async (id, teamId) => void rows.update(id, { teamId }),
    rename: async (id, name) => {
      if (rows.where((app) => app.name === name && app.id !== id).length > 0)
        throw databaseError['APP.NAME_TAKEN']({ name })
      rows.update(id, { name })
    },
    remove: async (id) => void rows.remove(id),
  }
}

export function fakeDomainStore(): DomainStore {
  const rows = new Rows<Domain>('domain')
  const sorted = (domains: Domain[]) => domains.sort((a, b) => (a.host < b.host ? -1 : 1))
  return {
    list: async (appId) => sorted(rows.where((domain) => domain.appId === appId)),
    all: async () => sorted(rows.where(() => true)),
    verified: async (id, verifiedAt) => void rows.update(id, { verifiedAt }),
    add: async (appId, host, redirectTo = null) => {
      if (rows.where((domain) => domain.host === host).length > 0)
        throw databaseError['DOMAIN.TAKEN']({ host })
      return rows.add({ appId, host, redirectTo, verifiedAt: null })
    },
    redirect: async (appId, host, redirectTo) =>
      rows
        .where((domain) => domain.appId === appId && domain.host === host)
        .some(({ id }) => rows.update(id, { redirectTo })),
    remove: async (appId, host) =>
      rows
        .where((domain) => domain.appId === appId && domain.host === host)
        .some(({ id }) => rows.remove(id)),
  }
}

export function fakePortStore(): PortStore {
  const ports = new Map<number, AppPort>()
  return {
    list: async (appId) =>
      [...ports.values()].filter((port) => port.appId === appId).sort((a, b) => a.port - b.port),
    find: async (port) => ports.get(port) ?? null,
    add: async (given) => {
      if (ports.has(given.port)) throw databaseError['PORT.TAKEN']({ port: given.port })
      const port = { ...given, createdAt: new Date() }
      ports.set(port.port, port)
      return port
    },
    remove: async (appId, port) => ports.get(port)?.appId === appId && ports.delete(port),
  }
}
