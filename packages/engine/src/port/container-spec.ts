/** What a container is made from. */
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
  /**
   * Where the log goes: `<directory>/<container id>.log`, and older files beside it, which together take `maxBytes` times
   * `maxFiles` at most. It is not removed with the container.
   */
  log: { directory: string; maxBytes: number; maxFiles: number }
  /** An init that reaps orphans and passes signals on. */
  init: boolean
  /**
   * Its first process is the init alone, which waits and reaps until it is stopped; what runs in it comes by `exec`.
   * Entrypoint and command do not count. Default false.
   */
  idle?: boolean
  /** A pseudo-terminal: everything it prints is `stdout` then. Default false. */
  terminal?: boolean
  /** Its standard input can be written to by `attach`. Default false: it is at its end. */
  openInput?: boolean
  /** Default none. */
  mounts?: readonly ContainerMount[]
  /** What becomes of the image's VOLUME paths: nothing, or volumes that go with the container. Default `ignore`. */
  imageVolumes?: 'anonymous' | 'ignore'
  /** Nothing may be written but into mounts. Default false. */
  readOnlyRoot?: boolean
  /** Default none. Only with a network. */
  ports?: readonly PublishedPort[]
  /** Containers that this one may reach and knows by name, also of other groups. Default none. */
  links?: readonly ContainerLink[]
  /** Default `no`: whoever started it decides. */
  restart?: RestartPolicy
}

/** A bind's source is the operator's word, never a user's. Targets are absolute paths inside. */
export type ContainerMount =
  | { kind: 'volume'; volume: string; target: string; readOnly: boolean }
  | { kind: 'bind'; source: string; target: string; readOnly: boolean }
  | { kind: 'tmpfs'; target: string; sizeBytes: number | null; mode: number }

export type PublishedPort = {
  protocol: 'tcp' | 'udp'
  containerPort: number
  /** Null: every address of the machine. */
  hostAddress: string | null
  /** 0: any free one. */
  hostPort: number
}

/** `container`: its name or id. */
export type ContainerLink = { container: string; alias: string }

/** `mostRestarts` 0: no end. */
export type RestartPolicy = {
  when: 'no' | 'on-failure' | 'always' | 'unless-stopped'
  mostRestarts: number
}

export type ContainerLimits = {
  memoryBytes: number | null
  cpuWeight: number
  /** 0.5 is half a core; null: no quota. */
  cpus: number | null
  pids: number
  /** Memory and swap together. Default: as much as memory, so no swap. */
  memoryAndSwapBytes?: number
  /** Default: the machine's own limit, 1,048,576 at most. */
  openFiles?: number
  /**
   * What it may write into its root, and how many files that may be; volumes count for themselves. Where the file system
   * cannot hold it, starting is refused. Default: none.
   */
  writableBytes?: number
  writableFiles?: number
  blockIo?: BlockIoLimits
}

/** Devices are named by path, `/dev/vda`. */
export type BlockIoLimits = {
  /** 10 to 1000, beside 500. */
  weight?: number
  readBytesPerSecond?: Readonly<Record<string, number>>
  writeBytesPerSecond?: Readonly<Record<string, number>>
  readOperationsPerSecond?: Readonly<Record<string, number>>
  writeOperationsPerSecond?: Readonly<Record<string, number>>
}
