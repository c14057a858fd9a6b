import { errorTable } from './error.ts'

/**
 * The platform's settings, read from the environment once, at the edge of each process. Every process of one platform
 * is given the same environment; `BERTH_HOME` tells two platforms on one machine apart.
 */
export type Settings = {
  /** Where everything lives that must last. */
  home: string
  /** Sockets and other things that end with a reboot. Short, because a socket's path may have 107 bytes at most. */
  run: string
  /** Null: the embedded PostgreSQL is used, over a socket under `run`. */
  databaseUrl: string | null
  /** Apps answer at `NAME.<baseDomain>`. */
  baseDomain: string
  httpPort: number
  /** Null: the front door speaks no TLS. */
  httpsPort: number | null
  /** Load balancers in front that pass connections on with the PROXY protocol: addresses, or networks in CIDR. */
  trustedProxies: readonly string[]
  sshPort: number
  /** Loopback only; people reach the dashboard through the front door once there is an owner. */
  dashboardPort: number
  /** Loopback only; git over HTTP reaches it through the front door. */
  receiverPort: number
  /** Show the dashboard through the front door although it has no owner yet. */
  openBeforeOwner: boolean
  /** A PEM file whose authorities a build's steps trust as well; null: only those of the image. */
  buildAuthorities: string | null
  /** Registries in private networks that builds may call all the same; `plain`: without encryption. */
  privateRegistries: readonly { host: string; plain: boolean }[]
  /** How much of an app's log is kept, and for how long. */
  logBytes: number
  logAgeMs: number
  /** How long a new instance may take until it accepts connections. */
  healthTimeoutMs: number
  /** With which server mail is sent, its password included; null: none is sent. */
  smtpUrl: string | null
  mailFrom: string
  /** `host` or `host:port` in private networks to which teams may have notifications sent all the same. */
  privateHosts: readonly string[]
  /** Where certificates are obtained for the domains of apps; null: nowhere. */
  acme: AcmeSettings | null
  /** Ports that apps may ask for over TCP; null: none. */
  appPorts: PortRange | null
  /** Asked where names lead, in place of the machine's own: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`. */
  nameServers: readonly string[]
}

/** Both ends belong to it. */
export type PortRange = { from: number; to: number }

export type AcmeSettings = {
  directory: string
  /** Whom the authority writes to. Giving it says that its terms are agreed to. */
  email: string
  /** A PEM file with authorities that the directory's own certificate may come from, besides the machine's. */
  authorities: string | null
  /** Called to make and remove DNS records (DNS-01); null: names are proved over HTTP, so there are no wildcards. */
  dnsWebhook: string | null
}

export const settingsError = errorTable({
  'SETTINGS.INVALID': {
    message: (details: { name: string; expected: string }) =>
      `The setting ${details.name} must be ${details.expected}.`,
    hint: (details: { name: string; expected: string }) =>
      `Correct ${details.name} in the environment and start again.`,
    fault: 'user',
    retryable: false,
  },
})

const hostAuthorities = '/etc/ssl/certs/ca-certificates.crt'

/** @throws SETTINGS.INVALID */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const home = absolutePath(env, 'BERTH_HOME', '/var/lib/berth')
  return {
    home,
    run: absolutePath(env, 'BERTH_RUN', defaultRun(home)),
    databaseUrl: env.DATABASE_URL || null,
    baseDomain: hostName(env, 'BERTH_BASE_DOMAIN', 'localhost'),
    httpPort: port(env, 'BERTH_HTTP_PORT', 8080),
    httpsPort: env.BERTH_HTTPS_PORT === 'off' ? null : port(env, 'BERTH_HTTPS_PORT', 8443),
    trustedProxies: networks(env, 'BERTH_TRUSTED_PROXIES'),
    sshPort: port(env, 'BERTH_SSH_PORT', 2222),
    dashboardPort: port(env, 'BERTH_DASHBOARD_PORT', 3000),
    receiverPort: port(env, 'BERTH_RECEIVER_PORT', 3022),
    openBeforeOwner: env.BERTH_OPEN_BEFORE_OWNER === '1',
    buildAuthorities: authorities(env.BERTH_BUILD_AUTHORITIES),
    privateRegistries: registries(env.BERTH_PRIVATE_REGISTRIES),
    logBytes: whole(env, 'BERTH_LOG_SIZE', { fallback: 100, most: 100_000, unit: 'megabytes' }) * 1024 * 1024,
    logAgeMs: whole(env, 'BERTH_LOG_DAYS', { fallback: 7, most: 3_650, unit: 'days' }) * 24 * 60 * 60_000,
    healthTimeoutMs: seconds(env, 'BERTH_HEALTH_TIMEOUT', 60) * 1_000,
    ...mailSettings(env),
    privateHosts: privateHosts(env.BERTH_PRIVATE_HOSTS),
    acme: acmeSettings(env),
    appPorts: portRange(env, 'BERTH_APP_PORTS', defaultAppPorts),
    nameServers: nameServers(env.BERTH_NAME_SERVERS),
  }
}

/** The environment that makes `readSettings` return these settings again: what a process is started with. */
export function settingsEnvironment(settings: Settings): Record<string, string> {
  return {
    BERTH_HOME: settings.home,
    BERTH_RUN: settings.run,
    ...(settings.databaseUrl === null ? {} : { DATABASE_URL: settings.databaseUrl }),
    BERTH_BASE_DOMAIN: settings.baseDomain,
    BERTH_HTTP_PORT: String(settings.httpPort),
    BERTH_HTTPS_PORT: settings.httpsPort === null ? 'off' : String(settings.httpsPort),
    BERTH_TRUSTED_PROXIES: settings.trustedProxies.join(','),
    BERTH_SSH_PORT: String(settings.sshPort),
    BERTH_DASHBOARD_PORT: String(settings.dashboardPort),
    BERTH_RECEIVER_PORT: String(settings.receiverPort),
    BERTH_OPEN_BEFORE_OWNER: settings.openBeforeOwner ? '1' : '0',
    BERTH_BUILD_AUTHORITIES: settings.buildAuthorities ?? '',
    BERTH_PRIVATE_REGISTRIES: settings.privateRegistries
      .map(({ host, plain }) => (plain ? `http://${host}` : host))
      .join(','),
    BERTH_LOG_SIZE: String(settings.logBytes / 1024 / 1024),
    BERTH_LOG_DAYS: String(settings.logAgeMs / (24 * 60 * 60_000)),
    BERTH_HEALTH_TIMEOUT: String(settings.healthTimeoutMs / 1_000),
    BERTH_ACME_EMAIL: settings.acme?.email ?? '',
    BERTH_ACME_DIRECTORY: settings.acme?.directory ?? '',
    BERTH_ACME_CA: settings.acme?.authorities ?? '',
    BERTH_ACME_DNS_WEBHOOK: settings.acme?.dnsWebhook ?? '',
    BERTH_APP_PORTS: settings.appPorts === null ? 'off' : `${settings.appPorts.from}-${settings.appPorts.to}`,
    BERTH_NAME_SERVERS: settings.nameServers.join(','),
    BERTH_SMTP_URL: settings.smtpUrl ?? '',
    BERTH_MAIL_FROM: settings.mailFrom,
    BERTH_PRIVATE_HOSTS: settings.privateHosts.join(),
  }
}

/** Where each part keeps its things: the one place that names a path under home and run. */
export function places(settings: Pick<Settings, 'home' | 'run'>) {
  const { home, run } = settings
  return {
    postgresData: `${home}/postgres`,
    postgresSocketDirectory: `${run}/postgres`,
    engine: `${home}/engine`,
    engineRun: `${run}/engine`,
    repositories: `${home}/repositories`,
    receiver: `${home}/receiver`,
    registry: `${home}/registry`,
    frontDoor: `${home}/front-door`,
    appLogs: `${home}/logs/apps`,
    metrics: `${home}/metrics`,
    logHistory: `${home}/logs/history`,
    stageLogs: `${home}/logs/stages`,
    secrets: `${home}/secrets`,
    /**
     * What Node made of the sources, for every platform of this machine; apart for root, which must not read what others
     * may write.
     */
    rootCode: '/var/cache/berth/code/root',
    berthCode: '/var/cache/berth/code/berth',
    workerSocket: `${run}/worker.sock`,
    /** For root alone, and in memory. */
    secretFiles: `${run}/secret-files`,
    /** For root alone: the worker's engine. */
    engineSocket: `${run}/engine-socket/engine.sock`,
    haproxyAdminSocket: `${run}/front-door/admin.sock`,
    haproxyMasterSocket: `${run}/front-door/master.sock`,
    upLock: `${run}/up.pid`,
  }
}

/** Where an app answers by default. */
export function appUrl(settings: Settings, appName: string): string {
  return frontDoorUrl(settings, `${appName}.${settings.baseDomain}`)
}

/** Where the dashboard is once there is an owner; `berth` is no app's name. */
export function dashboardHost(settings: Pick<Settings, 'baseDomain'>): string {
  return `berth.${settings.baseDomain}`
}

export function frontDoorUrl(settings: Settings, host: string): string {
  return settings.httpPort === 80 ? `http://${host}` : `http://${host}:${settings.httpPort}`
}

/** The same over TLS; null: the front door speaks none. */
export function secureUrl({ httpsPort }: Pick<Settings, 'httpsPort'>, host: string): string | null {
  if (httpsPort === null) return null
  return httpsPort === 443 ? `https://${host}` : `https://${host}:${httpsPort}`
}

function defaultRun(home: string): string {
  return home === '/var/lib/berth' ? '/run/berth' : `/run/berth-${shortHash(home)}`
}

/** FNV-1a, 32 bits, as 8 hex digits: short and stable; it names a directory and guards nothing. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

type Environment = Readonly<Record<string, string | undefined>>

function absolutePath(env: Environment, name: string, fallback: string): string {
  const given = env[name] || fallback
  const plain = given.startsWith('/') && !/[\0\n,:\\"]/.test(given) && !given.split('/').includes('..')
  if (!plain)
    throw settingsError['SETTINGS.INVALID']({ name, expected: 'an absolute path without , : \\ or "' })
  return given.length > 1 ? given.replace(/\/+$/, '') : given
}

function port(env: Environment, name: string, fallback: number): number {
  const given = env[name] || String(fallback)
  const number = Number(given)
  const valid = /^\d{1,5}$/.test(given) && number >= 1 && number <= 65_535
  if (!valid) throw settingsError['SETTINGS.INVALID']({ name, expected: 'a port from 1 to 65535' })
  return number
}

/** Above those of the system, and below those that Linux takes for outgoing connections: either would be in the way. */
const defaultAppPorts = '1024-32767'

function portRange(env: Environment, name: string, fallback: string): PortRange | null {
  const given = env[name] || fallback
  if (given === 'off') return null
  const [, from = 0, to = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(given) ?? []).map(Number)
  if (from >= 1 && from <= to && to <= 65_535) return { from, to }
  throw settingsError['SETTINGS.INVALID']({ name, expected: 'two ports with a dash between them, or off' })
}

function seconds(env: Environment, name: string, fallback: number): number {
  const given = env[name] || String(fallback)
  const number = Number(given)
  const valid = /^\d{1,4}$/.test(given) && number >= 1 && number <= 3_600
  if (!valid)
    throw settingsError['SETTINGS.INVALID']({ name, expected: 'a number of seconds from 1 to 3600' })
  return number
}

function whole(
  env: Environment,
  name: string,
  { fallback, most, unit }: { fallback: number; most: number; unit: string },
): number {
  const given = env[name] || String(fallback)
  const number = Number(given)
  const valid = /^\d{1,6}$/.test(given) && number >= 1 && number <= most
  if (!valid)
    throw settingsError['SETTINGS.INVALID']({ name, expected: `a number of ${unit} from 1 to ${most}` })
  return number
}

function hostName(env: Environment, name: string, fallback: string): string {
  const given = (env[name] || fallback).toLowerCase()
  const valid =
    given.length <= 200 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(given) && !given.includes('..')
  if (!valid) throw settingsError['SETTINGS.INVALID']({ name, expected: 'a host name' })
  return given
}

/** `host` means the machine's own bundle. */
function authorities(given: string | undefined): string | null {
  if (given === undefined || given === '') return null
  if (given === 'host') return hostAuthorities
  return absolutePath({ BERTH_BUILD_AUTHORITIES: given }, 'BERTH_BUILD_AUTHORITIES', given)
}

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'

/** Nothing is asked of an authority for whoever has not said whom it may write to. */
function acmeSettings(env: Environment): AcmeSettings | null {
  const email = env.BERTH_ACME_EMAIL ?? ''
  if (email === '') return null
  if (!/^[^@\s<>,]{1,64}@[^@\s<>,]{1,190}$/.test(email))
    throw settingsError['SETTINGS.INVALID']({ name: 'BERTH_ACME_EMAIL', expected: 'a mail address' })
  return {
    email,
    directory: webAddress(env, 'BERTH_ACME_DIRECTORY') ?? letsEncrypt,
    authorities: env.BERTH_ACME_CA ? absolutePath(env, 'BERTH_ACME_CA', '') : null,
    dnsWebhook: webAddress(env, 'BERTH_ACME_DNS_WEBHOOK'),
  }
}

function webAddress(env: Environment, name: string): string | null {
  const given = env[name] ?? ''
  if (given === '') return null
  const isOne = given.length <= 500 && /^https?:\/\/[^\s@]+$/.test(given) && URL.canParse(given)
  if (!isOne)
    throw settingsError['SETTINGS.INVALID']({ name, expected: 'an address with http:// or https://' })
  return given
}

/** IPv4 or IPv6, each with a prefix's length or without. */
function networks(env: Environment, name: string): string[] {
  const words = (env[name] ?? '').split(',').map((word) => word.trim().toLowerCase())
  const named = words.filter((word) => word !== '')
  const isOne = /^(?:(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?|(?=[0-9a-f]*:)[0-9a-f:]{2,39}(?:\/\d{1,3})?)$/
  if (named.every((word) => isOne.test(word))) return named
  const expected = 'addresses or networks with commas between them: 10.0.0.7, 192.0.2.0/24, 2001:db8::/32'
  throw settingsError['SETTINGS.INVALID']({ name, expected })
}

function nameServers(given: string | undefined): string[] {
  const words = (given ?? '').split(',').map((word) => word.trim())
  const named = words.filter((word) => word !== '')
  const isOne = /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]+\])(?::[1-9]\d{0,4})?$/i
  if (named.every((word) => isOne.test(word))) return named
  const expected =
    'IP addresses with commas between them, each with a port or without: 192.0.2.1, [2001:db8::1]:53'
  throw settingsError['SETTINGS.INVALID']({ name: 'BERTH_NAME_SERVERS', expected })
}

const registryHost = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?$/

function registries(given: string | undefined): Settings['privateRegistries'] {
  const words = (given ?? '').split(',').map((word) => word.trim().toLowerCase())
  return words
    .filter((word) => word !== '')
    .map((word) => {
      const plain = word.startsWith('http://')
      const host = word.replace(/^https?:\/\//, '')
      if (host.length <= 255 && registryHost.test(host)) return { host, plain }
      throw settingsError['SETTINGS.INVALID']({
        name: 'BERTH_PRIVATE_REGISTRIES',
        expected:
          'hosts with commas between them, each host[:port], or http://host[:port] for one without TLS',
      })
    })
}

/** No message repeats the address: a password may stand in it. */
function mailSettings(env: Environment): Pick<Settings, 'smtpUrl' | 'mailFrom'> {
  const smtpUrl = env.BERTH_SMTP_URL || null
  const url = smtpUrl === null ? null : URL.parse(smtpUrl)
  if (smtpUrl !== null && (!/^smtps?:$/.test(url?.protocol ?? '') || !url?.hostname)) {
    const expected = 'smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS from the first byte'
    throw settingsError['SETTINGS.INVALID']({ name: 'BERTH_SMTP_URL', expected })
  }
  const mailFrom = env.BERTH_MAIL_FROM || `Berth <berth@${hostName(env, 'BERTH_BASE_DOMAIN', 'localhost')}>`
  if (/^(?:[^<>@,;:\p{Cc}"]{1,100} <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/u.test(mailFrom))
    return { smtpUrl, mailFrom }
  const expected = 'an address, or a name and an address: Berth <berth@example.com>'
  throw settingsError['SETTINGS.INVALID']({ name: 'BERTH_MAIL_FROM', expected })
}

function privateHosts(given: string | undefined): readonly string[] {
  const words = (given ?? '').split(',').map((word) => word.trim().toLowerCase())
  const hosts = words.filter((word) => word !== '')
  if (hosts.every((host) => host.length <= 255 && registryHost.test(host))) return hosts
  const expected = 'hosts with commas between them, each host or host:port'
  throw settingsError['SETTINGS.INVALID']({ name: 'BERTH_PRIVATE_HOSTS', expected })
}
