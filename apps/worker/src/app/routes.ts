import type { AppRoute, RouteTarget } from '@berth/deploy'
import {
  type App,
  type AppPort,
  type Domain,
  dashboardHost,
  isBerthError,
  type Settings,
  web,
} from '@berth/domain'
import {
  type Challenge,
  certificateName,
  type DoorSettings,
  type FrontDoor,
  type PortRoute,
  plainDoor,
  type Redirect,
  type Route,
  type RouteTable,
  routeRules,
  type ServedCertificate,
} from '@berth/route'
import type { Report } from '../parts.ts'

/**
 * The whole route table, as this worker wants it to be. Whatever changes a part of it asks for `apply`; several changes
 * at once are one application of the newest table, and each asker waits until its change is in effect.
 */
export interface Routes {
  of(appId: string): AppRoute
  /** Whether requests for it have somewhere to go. */
  serves(appId: string): boolean
  /** True where something changed. */
  setApp(app: App, front: Front): boolean
  setState(appId: string, state: Route['state']): boolean
  /** What is known to run when the worker starts; applied with everything else. */
  preset(appId: string, targets: readonly RouteTarget[]): void
  /** The container is dead: true where a route led to it. */
  drop(containerId: string): boolean
  forget(appId: string): void
  /** True where something changed. */
  setCertificates(certificates: readonly ServedCertificate[]): boolean
  /** A challenge that is answered once the table is applied, and until it is taken away. */
  present(challenge: Challenge): void
  withdraw(token: string): void
  openDashboard(): void
  isDashboardOpen(): boolean
  /** The table is whole: until then nothing is applied, because half a table would take the other half away. */
  begin(): void
  apply(): Promise<void>
}

/** What people have said of an app's names, and of how it is reached. */
export type Front = {
  domains: readonly Pick<Domain, 'host' | 'redirectTo'>[]
  ports: readonly Pick<AppPort, 'port' | 'processType' | 'targetPort'>[]
  door: DoorSettings
}

type Entry = {
  title: string
  hosts: readonly string[]
  redirects: readonly Redirect[]
  ports: Front['ports']
  door: DoorSettings
  state: Route['state']
  targets: readonly RouteTarget[]
}

export function openRoutes(given: { frontDoor: FrontDoor; settings: Settings; report: Report }): Routes {
  const entries = new Map<string, Entry>()
  const dashboard = { open: given.settings.openBeforeOwner }
  let begun = false
  const apply = oneAtATime(async () => {
    if (begun) await given.frontDoor.apply(table()).catch(tolerate)
  })

  const challenges = new Map<string, Challenge>()

  /** Everything else is in effect then: nobody's deployment fails for somebody's certificate or port. */
  function tolerate(error: unknown): void {
    if (!isBerthError(error, 'ROUTE.CERTIFICATE_REFUSED', 'ROUTE.PORT_IN_USE')) throw error
    given.report('applying the routes', error)
  }

  let certificates: readonly ServedCertificate[] = []

  function table(): RouteTable {
    const secured = new Set(
      given.settings.httpsPort === null ? [] : certificates.flatMap(({ hosts }) => hosts),
    )
    const apps = [...entries].filter(([, { hosts }]) => hosts.length > 0)
    return {
      routes: [
        ...apps.map(([id, entry]) => toRoute(id, entry, secured)),
        ...(dashboard.open ? dashboardRoutes(given.settings, secured) : []),
      ],
      ports: apps.flatMap(([id, entry]) => portRoutes(id, entry)),
      redirects: apps.flatMap(([, { redirects }]) => redirects),
      certificates,
      challenges: [...challenges.values()],
    }
  }

  function entryOf(appId: string): Entry {
    const entry = entries.get(appId) ?? newEntry(appId)
    entries.set(appId, entry)
    return entry
  }

  return {
    of: (appId) => ({
      ports: () =>
        (entries.get(appId)?.ports ?? []).map(({ processType: type, targetPort: port }) => ({ type, port })),
      routed: () => entries.get(appId)?.targets.map((target) => target.containerId) ?? [],
      point: async (targets) => {
        const entry = entryOf(appId)
        entry.targets = targets
        if (targets.some(isWeb)) entry.state = 'live'
        await apply()
      },
      drained: (targetName, timeoutMs) => given.frontDoor.drained(appId, targetName, timeoutMs),
    }),
    serves: (appId) => entries.get(appId)?.targets.some(isWeb) ?? false,
    setApp: (app, { domains, ports, door }) => {
      const entry = entryOf(app.id)
      const answering = domains.filter(({ redirectTo }) => redirectTo === null).map(({ host }) => host)
      const now = {
        title: app.name,
        hosts: [`${app.name}.${given.settings.baseDomain}`, ...answering],
        redirects: domains.flatMap(({ host, redirectTo: to }) => (to === null ? [] : [{ host, to }])),
        ports: ports.map(({ port, processType, targetPort }) => ({ port, processType, targetPort })),
        door,
      }
      const { title, hosts, redirects, ports: had, door: before } = entry
      const same =
        JSON.stringify({ title, hosts, redirects, ports: had, door: before }) === JSON.stringify(now)
      Object.assign(entry, now)
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
    setCertificates: (shown) => {
      const text = (of: readonly ServedCertificate[]) => of.map(certificateName).sort().join()
      const same = text(certificates) === text(shown)
      certificates = shown
      return !same
    },
    present: (challenge) => void challenges.set(challenge.token, challenge),
    withdraw: (token) => void challenges.delete(token),
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

function newEntry(title: string): Entry {
  return { title, hosts: [], redirects: [], ports: [], door: plainDoor, state: 'empty', targets: [] }
}

function toRoute(
  id: string,
  { door, redirects: _, ports: __, ...entry }: Entry,
  secured: ReadonlySet<string>,
): Route {
  const secureHosts = door.httpsRedirect ? entry.hosts.filter((host) => secured.has(host)) : []
  const rules = routeRules(door)
  return {
    ...{ id, pathPrefix: null, ...entry, targets: entry.targets.filter(isWeb).map(toTarget) },
    ...(secureHosts.length > 0 && { secureHosts }),
    ...(door.maintenance && { state: 'maintenance' as const }),
    ...(rules && { rules }),
  }
}

function isWeb({ type }: RouteTarget): boolean {
  return type === web
}

function portRoutes(routeId: string, { ports, targets }: Entry): PortRoute[] {
  return ports.map(({ port, processType, targetPort }) => ({
    port,
    routeId,
    targets: targets
      .filter(({ type }) => type === processType)
      .map((target) => toTarget({ ...target, port: targetPort })),
  }))
}

function toTarget({ name, address, port }: RouteTarget) {
  return { name, address, port }
}

/** The dashboard at its own host; git over HTTP under /git/, images under /v2/ and sessions under /attach/ beside it. */
function dashboardRoutes(settings: Settings, secured: ReadonlySet<string>): Route[] {
  const hosts = [dashboardHost(settings)]
  // Not images: a client that was told to speak HTTP may lose its password or its upload on the way to another address.
  const secureHosts = hosts.filter((host) => secured.has(host))
  const local = (name: string, port: number) => [{ name, address: '127.0.0.1', port }]
  return [
    {
      id: 'dashboard',
      title: 'Berth',
      hosts,
      secureHosts,
      pathPrefix: null,
      targets: local('dashboard', settings.dashboardPort),
      state: 'live',
      quiet: true,
    },
    {
      id: 'git',
      title: 'Berth git',
      hosts,
      secureHosts,
      pathPrefix: '/git/',
      targets: local('receiver', settings.receiverPort),
      state: 'live',
      quiet: true,
    },
    {
      id: 'attach',
      title: 'Berth sessions',
      hosts,
      secureHosts,
      pathPrefix: '/attach/',
      targets: local('receiver', settings.receiverPort),
      state: 'live',
      quiet: true,
    },
    {
      id: 'registry',
      title: 'Berth registry',
      hosts: [...hosts, ...unencryptedHosts(settings)],
      pathPrefix: '/v2/',
      targets: local('receiver', settings.receiverPort),
      state: 'live',
      quiet: true,
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
