import type {
  ArchiveOptions,
  DiffOptions,
  HistoryLine,
  ImageDiff,
  ImageInspection,
  Pruned,
  PullOptions,
  Pushed,
  PushOptions,
  StoreUsage,
} from './image-transfer.ts'

/** `sha256:` and 64 hex digits: of the image's canonical JSON (configuration and layer ids). */
export type ImageDigest = string

export type Image = {
  digest: ImageDigest
  config: ImageConfig
  /** Layer ids, lowest first. */
  layers: readonly string[]
  /** One entry an instruction, oldest first, where it is known: those with `emptyLayer` false stand for the layers. */
  history?: readonly HistoryEntry[]
  createdAt: Date
}

/** Source: OCI image-spec, config.md, "history". */
export type HistoryEntry = {
  createdBy: string
  comment: string
  /** Who a builder named; BuildKit and this one name nobody. */
  author?: string
  emptyLayer: boolean
  /** Null for what was built here: it was made with its image. */
  createdAt: Date | null
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
  /** Who made it, as MAINTAINER says. Absent: nobody is named. */
  author?: string
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
  /**
   * By digest, by unambiguous prefix of one (12 digits or more), by name, or by the digest that a registry has for it:
   * `debian@sha256:…`. @throws IMAGE.NOT_FOUND
   */
  get(reference: string): Promise<Image>
  find(reference: string): Promise<Image | undefined>
  /** Whether a program of this name, `sh` for one, is on the image's PATH and executable. @throws IMAGE.NOT_FOUND */
  hasProgram(reference: string, name: string): Promise<boolean>
  tag(reference: string, name: string): Promise<void>
  /** Removes the name; the image too when it was the last one, unless a container uses it. @throws IMAGE.IN_USE */
  remove(reference: string): Promise<void>
  /**
   * Removes images that have no name and are in use by no container and not among `keep`, and layers nobody needs.
   * Never volumes, and nothing that a running build leans on. `dryRun`: only says what would go. `scopes`: those that there
   * are; what any other calls an image is forgotten first. Left out: all stay.
   */
  prune(
    keep: readonly ImageDigest[],
    options?: { dryRun?: boolean; scopes?: readonly string[] },
  ): Promise<Pruned>
  usage(): Promise<StoreUsage>
  /**
   * Returns once what was kept so far would survive a power failure; it may take seconds. Without it the system writes
   * within about half a minute, and a power failure in between makes the newest images absent, never damaged.
   */
  flush(): Promise<void>
  /** The image that is here, else, where the engine was given registries, the one that its registry has. @throws IMAGE.NOT_FOUND, REGISTRY.… */
  resolve(reference: string, options?: PullOptions): Promise<Image>
  /** Newest first. @throws IMAGE.NOT_FOUND */
  history(reference: string): Promise<HistoryLine[]>
  inspect(reference: string): Promise<ImageInspection>
  /** What changed from one image to the other. */
  diff(before: string, after: string, options?: DiffOptions): Promise<ImageDiff>
  /**
   * Fetches it from its registry, whether or not it is here, and gives it the name. What is broken off goes on with the
   * next pull. @throws REGISTRY.…, IMAGE.WRONG_PLATFORM, IMAGE.DIGEST_MISMATCH
   */
  pull(reference: string, options?: PullOptions): Promise<Image>
  /** Sends it to the registry that its name begins with. @throws IMAGE.NOT_FOUND, REGISTRY.… */
  push(reference: string, options?: PushOptions): Promise<Pushed>
  /** A tar of a root file system, a file or a stream, plain or compressed (gzip, zstd, xz). Nothing in it is trusted. */
  importRootfs(
    archive: string | AsyncIterable<Uint8Array>,
    name: string,
    config?: Partial<ImageConfig>,
  ): Promise<Image>
  /** Writes images to a file that `importArchive`, Docker and others read. Nothing is left where that fails. @throws ARCHIVE.NOT_WRITTEN */
  exportArchive(references: readonly string[], archivePath: string, options?: ArchiveOptions): Promise<void>
  /** Writes the image's whole file system as one tar, without layers and configuration. @throws ARCHIVE.NOT_WRITTEN */
  exportRootfs(
    reference: string,
    archivePath: string,
    options?: Pick<ArchiveOptions, 'sourceDate' | 'signal'>,
  ): Promise<void>
  /** A tar made by `docker save`, or an OCI image layout in a tar. Returns every image in it. */
  importArchive(archivePath: string, names?: readonly string[]): Promise<Image[]>
}
