import type { AppRoute, RouteTarget } from '@berth/deploy'
import { type App, dashboardHost, type Settings } from '@berth/domain'
import type { FrontDoor, Route, RouteTable } from '@berth/route'

/**
 * The whole route table, as this worker wants it to be. Whatever changes a part of it asks for `apply`; several changes
 * at once are one application of the newest table, and each asker waits until its change is in effect.
 */
export interface Routes {
  of(appId: string): AppRoute
  /** True where something changed. */
  setApp(app: App, hosts: readonly string[]): boolean
  setState(appId: string, state: Route['state']): boolean
  /** What is known to run when the worker starts; applied with everything else. */
  preset(appId: string, targets: readonly RouteTarget[]): void
  /** The container is dead: true where a route led to it. */
  drop(containerId: string): boolean
  forget(appId: string): void
  openDashboard(): void
  isDashboardOpen(): boolean
  /** The table is whole: until then nothing is applied, because half a table would take the other half away. */
  begin(): void
  apply(): Promise<void>
}

type Entry = {
  title: string
  hosts: readonly string[]
  state: Route['state']
  targets: readonly RouteTarget[]
}

export function openRoutes(given: { frontDoor: FrontDoor; settings: Settings }): Routes {
  const entries = new Map<string, Entry>()
  const dashboard = { open: given.settings.openBeforeOwner }
  let begun = false
  const apply = oneAtATime(async () => {
    if (begun) await given.frontDoor.apply(table())
  })

  function table(): RouteTable {
    const apps = [...entries]
      .filter(([, entry]) => entry.hosts.length > 0)
      .map(([id, entry]) => ({ id, pathPrefix: null, ...entry, targets: entry.targets.map(toTarget) }))
    return { routes: [...apps, ...(dashboard.open ? dashboardRoutes(given.settings) : [])] }
  }

  function entryOf(appId: string): Entry {
    const entry = entries.get(appId) ?? { title: appId, hosts: [], state: 'empty', targets: [] }
    entries.set(appId, entry)
    return entry
  }

  return {
    of: (appId) => ({
      routed: () => entries.get(appId)?.targets.map((target) => target.containerId) ?? [],
      point: async (targets) => {
        const entry = entryOf(appId)
        entry.targets = targets
        if (targets.length > 0) entry.state = 'live'
        await apply()
      },
      drained: (targetName, timeoutMs) => given.frontDoor.drained(appId, targetName, timeoutMs),
    }),
    setApp: (app, domains) => {
      const entry = entryOf(app.id)
      const hosts = [`${app.name}.${given.settings.baseDomain}`, ...domains]
      const same = entry.hosts.join() === hosts.join()
      Object.assign(entry, { title: app.name, hosts })
      return !same
    },
    setState: (appId, state) => {
      const entry = entries.get(appId)
      if (entry === undefined || entry.state === state) return false
      entry.state = state
      return true
    },
    preset: (appId, targets) => {
      entryOf(appId).targets = targets
    },
    drop: (containerId) => {
      const hit = [...entries.values()].filter((entry) =>
        entry.targets.some((target) => target.containerId === containerId),
      )
      for (const entry of hit) {
        entry.targets = entry.targets.filter((target) => target.containerId !== containerId)
      }
      return hit.length > 0
    },
    forget: (appId) => void entries.delete(appId),
    openDashboard: () => {
      dashboard.open = true
    },
    isDashboardOpen: () => dashboard.open,
    begin: () => {
      begun = true
    },
    apply,
  }
}

function toTarget({ name, address, port }: RouteTarget) {
  return { name, address, port }
}

/** The dashboard at its own host; git over HTTP under /git/ and images under /v2/ beside it. */
function dashboardRoutes(settings: Settings): Route[] {
  const hosts = [dashboardHost(settings)]
  const local = (name: string, port: number) => [{ name, address: '127.0.0.1', port }]
  return [
    {
      id: 'dashboard',
      title: 'Berth',
      hosts,
      pathPrefix: null,
      targets: local('dashboard', settings.dashboardPort),
      state: 'live',
    },
    {
      id: 'git',
      title: 'Berth git',
      hosts,
      pathPrefix: '/git/',
      targets: local('receiver', settings.receiverPort),
      state: 'live',
    },
    {
      id: 'registry',
      title: 'Berth registry',
      hosts: [...hosts, ...unencryptedHosts(settings)],
      pathPrefix: '/v2/',
      targets: local('receiver', settings.receiverPort),
      state: 'live',
    },
  ]
}

/**
 * Where clients of registries speak HTTP without being told to: `localhost` alone, and no name below it (moby's registry
 * package, containerd's `MatchLocalhost`). Every system resolves it, too.
 */
function unencryptedHosts({ baseDomain }: Settings): string[] {
  return baseDomain === 'localhost' ? [baseDomain] : []
}

/** Calls while one is under way are answered together by the one after it. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined

  function begin(): Promise<void> {
    const begun = work().finally(() => {
      if (current === begun) current = undefined
    })
    current = begun
    return begun
  }

  return () => {
    if (current === undefined) return begin()
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return begin()
      })
    return next
  }
}
