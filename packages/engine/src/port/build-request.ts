import type { Secret } from '@berth/command'
import type { SourceTree } from '@berth/domain'
import type { Credentials } from './image-transfer.ts'

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
  /** By id, for `RUN --mount=type=secret`. Part of no layer, no key, no log. */
  secrets?: Readonly<Record<string, Secret>>
  /** By id (`default`), for `RUN --mount=type=ssh` and ADD by ssh: the socket of an agent on this machine. */
  sshAgents?: Readonly<Record<string, string>>
  /** What a known_hosts file holds: the hosts that ADD may fetch from by ssh. Without it none is believed. */
  sshKnownHosts?: string
  /** For the registries of images that are not here, by host: `ghcr.io`, `docker.io`. */
  registryCredentials?: Readonly<Record<string, Credentials>>
  /**
   * Whose credentials these are. Images that they fetched are found by builds of this scope alone; and with a scope, a build
   * finds images by name only.
   */
  imageScope?: string
  /** Prefixes of names that FROM and its like do not find here: others’ images. With any, digests alone find nothing either. */
  hiddenNames?: readonly string[]
  /** Where ADD and FROM may fetch from; default `public`: never from this machine or a private network. */
  remoteAddresses?: 'public' | 'any'
  /** Every file that the build itself writes gets this modification time: SOURCE_DATE_EPOCH. */
  sourceDate?: Date | null
}

export type BuildLimits = {
  memoryBytes: number
  /** Relative to 100, an app's instance. */
  cpuWeight: number
  pids: number
  timeoutMs: number
  diskBytes: number
  /** How many files its steps may make, directories and links among them. Default 2,000,000. */
  diskFiles?: number
}
