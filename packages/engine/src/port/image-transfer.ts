import type { Secret } from '@berth/command'
import type { EventSink } from '@berth/domain'
import type { ImageDigest } from './images.ts'

/** How images come, go and are looked at: what the methods of `Images` take and give. */

export type Credentials = {
  /** `<token>`: the password is an identity token, as `docker login` gets it from some registries. */
  username: string
  password: Secret
}

export type PullOptions = {
  /** For the registry that the reference names, and none other. */
  credentials?: Credentials | null
  /**
   * `public`: nothing on this machine or in a private network is called, wherever names and redirects lead, but hosts that
   * the engine's settings name. Builds pull so. Default `any`.
   */
  addresses?: 'public' | 'any'
  /**
   * For whom. What a scope's `credentials` fetched is found by that scope alone, and a layer of it by whoever fetches its
   * archive with rights of their own. Without a scope it is everybody's: that is for the machine's owner.
   */
  scope?: string
  /** Told what is transferred (`progress`) and what is waited for (`line`). */
  sink?: EventSink
  signal?: AbortSignal
}

/** With a `scope`, the digest that the registry has for it (`name@digest`) finds the image for that scope alone. */
export type PushOptions = PullOptions & {
  /** What it is called there; the reference's own name if left out. */
  name?: string
  /** Default gzip, which every client reads. */
  compression?: 'gzip' | 'zstd'
  sourceDate?: Date | null
}

/** `name@digest` finds it again, here and there. */
export type Pushed = { name: string; digest: string }

export type ArchiveOptions = {
  /** `docker` (default): what `docker load` reads, an OCI layout too. `oci`: the layout alone. */
  format?: 'docker' | 'oci'
  /** Of the layers. Default none for `docker`, gzip for `oci`. */
  compression?: 'none' | 'gzip' | 'zstd'
  /** No modification time is later than this, and the archive is the same wherever it is made. */
  sourceDate?: Date | null
  signal?: AbortSignal
}

export type HistoryLine = {
  createdBy: string
  comment: string
  createdAt: Date
  /** 0 where it made no layer. */
  sizeBytes: number
  /** The layer's id; null where it made none. */
  layer: string | null
}

/** Docker's field names, where Docker has the field. */
export type ImageInspection = {
  Id: ImageDigest
  RepoTags: readonly string[]
  RepoDigests: readonly string[]
  Created: string
  /** Empty: the image names nobody. */
  Author: string
  Architecture: string
  Os: string
  Size: number
  Config: {
    User: string
    ExposedPorts: Readonly<Record<string, object>>
    Env: readonly string[]
    Entrypoint: readonly string[] | null
    Cmd: readonly string[] | null
    Volumes: Readonly<Record<string, object>>
    WorkingDir: string
    Labels: Readonly<Record<string, string>>
    StopSignal: string | null
    Healthcheck: object | null
    Shell: readonly string[] | null
    OnBuild: readonly string[]
  }
  /** Our layers' ids, lowest first, and their sizes. */
  Layers: readonly { Id: string; Size: number }[]
}

export type ImageDiff = {
  files: readonly ImageFileChange[]
  /** Counted over all, also where `files` was cut off. */
  totals: { added: number; changed: number; removed: number; bytes: number }
  truncated: boolean
  configuration: readonly ConfigurationChange[]
}

export type FileKind = 'file' | 'directory' | 'link' | 'other'

/** Sizes are 0 but for files. */
export type ImageFileChange =
  | { change: 'added'; path: string; kind: FileKind; sizeBytes: number }
  | { change: 'removed'; path: string; kind: FileKind; sizeBytes: number }
  | {
      change: 'changed'
      path: string
      kind: FileKind
      sizeBytes: number
      beforeBytes: number
      what: readonly ('kind' | 'content' | 'target' | 'mode' | 'owner' | 'attributes')[]
    }

/** `field` as in ImageConfig; `name`: of a variable, label, port or volume. Values are left out of variables unless asked for. */
export type ConfigurationChange = {
  field: string
  name: string | null
  change: 'added' | 'changed' | 'removed'
  before: string | null
  after: string | null
}

export type DiffOptions = {
  /** Values of environment variables that changed may be secrets: shown only on request. */
  showValues?: boolean
  /** Default 10,000. */
  mostFiles?: number
  signal?: AbortSignal
}

/** What was removed, or with `dryRun` would be. */
export type Pruned = {
  images: number
  bytes: number
  digests: readonly ImageDigest[]
  layers: readonly string[]
}

export type StoreUsage = {
  images: readonly {
    digest: ImageDigest
    names: readonly string[]
    sizeBytes: number
    /** In layers that no other image has. */
    uniqueBytes: number
  }[]
  /** Every layer counted once. */
  layers: { count: number; sizeBytes: number; sharedBytes: number; unneededBytes: number }
  /** In layers that only the build cache needs. */
  buildCacheBytes: number
  cacheMountBytes: number
  /** Of pulls that were broken off and will go on, and of what ADD fetched. */
  downloadBytes: number
}
