import type { Settings } from '@berth/domain'
import type { Credentials } from '../engine.ts'

/** How registries are reached. A host is written `name` or `name:port`. */
export type RegistrySettings = {
  /** Tried in order before the registry itself: registry → `host[:port][/prefix]`. */
  mirrors?: Readonly<Record<string, readonly string[]>>
  /** The only hosts that are spoken to without encryption. */
  plainHttp?: readonly string[]
  /** Of a private network, and yet within reach of builds; so are mirrors and hosts of `plainHttp`. */
  privateHosts?: readonly string[]
  /** PEM: trusted besides the machine's own. */
  authorities?: string | null
  /** For a registry or mirror, where the caller gave none. */
  credentialsFor?: (host: string) => Promise<Credentials | null> | Credentials | null
  limits?: Partial<RegistryLimits>
}

/** What the platform's settings say of registries: the same for the worker's engine and for one that a command opens. */
export function registriesFrom(
  settings: Pick<Settings, 'receiverPort' | 'privateRegistries' | 'buildAuthorities'>,
): RegistrySettings {
  const { receiverPort, privateRegistries, buildAuthorities } = settings
  const plain = privateRegistries.filter((found) => found.plain).map(({ host }) => host)
  return {
    // The registry of this platform, in the receiver, is reached without leaving the machine.
    plainHttp: [`127.0.0.1:${receiverPort}`, ...plain],
    privateHosts: privateRegistries.map(({ host }) => host),
    authorities: buildAuthorities,
  }
}

export type RegistryLimits = {
  connectMs: number
  /** Without a byte. */
  idleMs: number
  /** For a whole answer that is small: manifests, tokens. */
  smallAnswerMs: number
  /** A download that is slower than this on the whole, after the first half minute, is broken off. */
  slowestBytesPerSecond: number
  /** Larger blobs are sent in pieces of this size: what a broken connection costs. */
  uploadPieceBytes: number
  /** How often a request is tried, and a transfer that makes no progress. */
  attempts: number
  /** Before the second attempt; doubled before each further one. */
  firstPauseMs: number
  /** However long the registry asks to wait. */
  longestPauseMs: number
}

export const defaultRegistryLimits: RegistryLimits = {
  connectMs: 10_000,
  idleMs: 30_000,
  smallAnswerMs: 60_000,
  slowestBytesPerSecond: 1024,
  uploadPieceBytes: 32 * 1024 * 1024,
  attempts: 5,
  firstPauseMs: 500,
  longestPauseMs: 60_000,
}

/** Where a registry's interface is: `https://host/v2/` + prefix + repository. */
export type Endpoint = { host: string; prefix: string }

/** The name under which images of Docker Hub are known is not the host that serves them. */
const servedElsewhere: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' }

export function endpointsOf(registry: string, { mirrors = {} }: RegistrySettings): Endpoint[] {
  const bases = Object.hasOwn(mirrors, registry) ? (mirrors[registry] ?? []) : []
  return [...bases.map(endpointFrom), ownEndpoint(registry)]
}

/** Named by whoever set the engine up. */
export function isNamed(
  host: string,
  { mirrors = {}, plainHttp = [], privateHosts = [] }: RegistrySettings,
): boolean {
  const ofMirrors = Object.values(mirrors).flatMap((bases) => bases.map((base) => endpointFrom(base).host))
  return [...plainHttp, ...privateHosts, ...ofMirrors].includes(host)
}

export function ownEndpoint(registry: string): Endpoint {
  return { host: servedElsewhere[registry] ?? registry, prefix: '' }
}

function endpointFrom(base: string): Endpoint {
  const [host = '', ...path] = base.split('/').filter((part) => part !== '')
  return { host, prefix: path.map((part) => `${part}/`).join('') }
}
