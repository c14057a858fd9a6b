import type { EventSink, SourceTree } from '@berth/domain'

/**
 * The engine: builds images, keeps them, runs containers from them. It knows nothing of apps; a script can drive it on
 * a bare machine. Two drivers pass the same contract tests: `openHostEngine` (conmon, runc, overlayfs) and `fakeEngine`.
 *
 * Contract:
 * - Everything is safe to call after a crash: what a killed engine left is found again (containers that run) or cleared
 *   away (half-made layers, mounts, network devices, cgroups) by `recover`, which runs once, when the engine is opened.
 * - Containers do not depend on the engine's process. They run on when it dies; exits meanwhile are reported later.
 * - Containers of one `group` share a range of user ids and a network; groups cannot reach each other.
 * - Expected failures are BerthErrors with IMAGE.…, BUILD.… or CONTAINER.… codes.
 * - An aborted `signal` ends the work, kills what it started, leaves nothing behind and throws the signal's reason.
 */
export interface Engine {
  images: Images
  containers: Containers
  /** Builds an image and gives it `names`. Events go to `sink`, except `ended`, which is the caller's to tell. */
  build(request: BuildRequest, sink: EventSink, signal: AbortSignal): Promise<Image>
  /** Ends what belongs to this process. Containers run on. */
  close(): Promise<void>
}

// ---------------------------------------------------------------------------------------------------- images

/** `sha256:` and 64 hex digits: of the image's canonical JSON (configuration and layer ids). */
export type ImageDigest = string

export type Image = {
  digest: ImageDigest
  config: ImageConfig
  /** Layer ids, lowest first. */
  layers: readonly string[]
  createdAt: Date
}

/** The part of the OCI image configuration that says how to run it. Source: OCI image-spec, config.md. */
export type ImageConfig = {
  entrypoint: readonly string[] | null
  command: readonly string[] | null
  env: Readonly<Record<string, string>>
  workingDirectory: string
  user: string
  /** `5000/tcp`, in the order of the Dockerfile. */
  exposedPorts: readonly string[]
  volumes: readonly string[]
  labels: Readonly<Record<string, string>>
  stopSignal: string | null
  healthcheck: Healthcheck | null
  shell: readonly string[] | null
  /** Kept for images made elsewhere; run by a later build that starts FROM this image. */
  onBuild: readonly string[]
  architecture: string
  os: string
}

/** `test` as in the image specification: `['NONE']`, `['CMD', …]` or `['CMD-SHELL', line]`. Durations 0: the default. */
export type Healthcheck = {
  test: readonly string[]
  intervalMs: number
  timeoutMs: number
  startPeriodMs: number
  startIntervalMs: number
  retries: number
}

export type ImageSummary = {
  digest: ImageDigest
  names: readonly string[]
  sizeBytes: number
  createdAt: Date
}

/** A name is a normalised reference: `debian:bookworm-slim`, `ghcr.io/acme/api:v1`; without a tag it means `latest`. */
export interface Images {
  list(): Promise<ImageSummary[]>
  /** By digest, by unambiguous prefix of one (12 digits or more), or by name. @throws IMAGE.NOT_FOUND */
  get(reference: string): Promise<Image>
  find(reference: string): Promise<Image | undefined>
  /** Whether a program of this name, `sh` for one, is on the image's PATH and executable. @throws IMAGE.NOT_FOUND */
  hasProgram(reference: string, name: string): Promise<boolean>
  tag(reference: string, name: string): Promise<void>
  /** Removes the name; the image too when it was the last one, unless a container uses it. @throws IMAGE.IN_USE */
  remove(reference: string): Promise<void>
  /** Removes images that have no name and are in use by no container and not among `keep`, and layers nobody needs. */
  prune(keep: readonly ImageDigest[]): Promise<{ images: number; bytes: number }>
  /**
   * Returns once what was kept so far would survive a power failure; it may take seconds. Without it the system writes
   * within about half a minute, and a power failure in between makes the newest images absent, never damaged.
   */
  flush(): Promise<void>
  /** A tar of a root file system, plain or compressed (gzip, zstd, xz). Nothing in it is trusted. */
  importRootfs(archivePath: string, name: string, config?: Partial<ImageConfig>): Promise<Image>
  /** A tar made by `docker save`, or an OCI image layout in a tar. Returns every image in it. */
  importArchive(archivePath: string, names?: readonly string[]): Promise<Image[]>
}

// ---------------------------------------------------------------------------------------------------- build

export type BuildRequest = {
  tree: SourceTree
  /** Within the tree. */
  dockerfilePath: string
  /** Stage name or number; null: the last. */
  target: string | null
  arguments: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  names: readonly string[]
  /** Builds of one scope share cache mounts; others never see them. */
  cacheScope: string
  limits: BuildLimits
  /** A PEM file that the steps trust besides the image's own authorities. Never part of a layer. */
  authorities: string | null
  noCache: boolean
}

export type BuildLimits = {
  memoryBytes: number
  /** Relative to 100, an app's instance. */
  cpuWeight: number
  pids: number
  timeoutMs: number
  diskBytes: number
}

// ---------------------------------------------------------------------------------------------------- containers

export type ContainerSpec = {
  /** Unique among the engine's containers; letters, digits, `.`, `_`, `-`. */
  name: string
  group: string
  labels: Readonly<Record<string, string>>
  image: string
  /** In place of the image's; null: the image's own. */
  entrypoint: readonly string[] | null
  command: readonly string[] | null
  /** Over the image's. */
  env: Readonly<Record<string, string>>
  user: string | null
  workingDirectory: string | null
  hostname: string | null
  network: 'bridge' | 'none'
  limits: ContainerLimits
  /** Where the log goes: `<directory>/<container id>.log`; it is not removed with the container. */
  log: { directory: string; maxBytes: number; maxFiles: number }
  /** An init that reaps orphans and passes signals on. */
  init: boolean
}

export type ContainerLimits = {
  memoryBytes: number | null
  cpuWeight: number
  /** 0.5 is half a core; null: no quota. */
  cpus: number | null
  pids: number
}

export type ContainerState = 'created' | 'running' | 'exited'

export type Container = {
  id: string
  name: string
  group: string
  labels: Readonly<Record<string, string>>
  image: ImageDigest
  state: ContainerState
  /** Its IPv4 address while it runs in a bridge network. */
  address: string | null
  /** Process id outside, while it runs. */
  pid: number | null
  logPath: string
  createdAt: Date
  startedAt: Date | null
  exit: ContainerExit | null
}

export type ContainerExit = {
  /** 128 + signal number where a signal ended it, as shells count. */
  code: number
  signal: string | null
  outOfMemory: boolean
  at: Date
  /** Why, in words, where nobody saw the exit itself: the machine was restarted, its monitor was killed. */
  reason?: string
}

export type LogLine = { at: Date; stream: 'stdout' | 'stderr'; text: string }

export type LogQuery = { follow: boolean; tail: number | null; since: Date | null; signal?: AbortSignal }

export type ContainerStats = {
  memoryBytes: number
  memoryLimitBytes: number | null
  cpuTimeMs: number
  pids: number
}

export type ContainerEvent = { kind: 'started' | 'exited' | 'removed'; container: Container }

export interface Containers {
  /** @throws IMAGE.NOT_FOUND, CONTAINER.NAME_TAKEN */
  create(spec: ContainerSpec): Promise<Container>
  /** Its process exists and its network works when this returns. @throws CONTAINER.START_FAILED (with the reason) */
  start(id: string): Promise<Container>
  /** The image's stop signal (or SIGTERM), then SIGKILL after `timeoutMs`. Returns at once if it does not run. */
  stop(id: string, options: { timeoutMs: number; signal?: string }): Promise<Container>
  kill(id: string, signal: string): Promise<void>
  /** Everything but the log goes. A running container is killed first. Unknown ids are fine: it is gone. */
  remove(id: string): Promise<void>
  /** Waits until it has exited. */
  wait(id: string, signal?: AbortSignal): Promise<ContainerExit>
  /** @throws CONTAINER.NOT_FOUND */
  get(id: string): Promise<Container>
  list(labels?: Readonly<Record<string, string>>): Promise<Container[]>
  /** With `follow` until the container has exited. An aborted signal ends it quietly: the reader has read enough. */
  logs(id: string, query: LogQuery): AsyncIterable<LogLine>
  stats(id: string): Promise<ContainerStats>
  /** Called for each event until the returned function is called. */
  subscribe(listener: (event: ContainerEvent) => void): () => void
}
