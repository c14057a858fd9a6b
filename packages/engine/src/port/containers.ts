import type { Writable } from 'node:stream'
import type { ContainerSpec, PublishedPort } from './container-spec.ts'
import type { Image, ImageConfig, ImageDigest } from './images.ts'
import type { DiskLimits, DiskUse } from './volumes.ts'

export type ContainerState = 'created' | 'running' | 'paused' | 'exited'

export type Container = {
  id: string
  name: string
  group: string
  labels: Readonly<Record<string, string>>
  image: ImageDigest
  state: ContainerState
  /** Its IPv4 address while it runs in a bridge network. */
  address: string | null
  /** Its IPv6 address, likewise; null too where the machine has no IPv6. */
  address6: string | null
  /** While it runs: with the ports of the machine that were found for 0. */
  ports?: readonly PublishedPort[]
  /** Process id outside, while it runs. */
  pid: number | null
  logPath: string
  createdAt: Date
  startedAt: Date | null
  exit: ContainerExit | null
  /** In a row, by its restart policy. */
  restarts?: number
  /** When its restart policy starts it the next time. */
  restartsAt?: Date | null
  /** What it has written into its root, where that is limited, once it has been started. Of `get` alone. */
  writable?: { used: DiskUse; limits: DiskLimits }
}

export type ContainerExit = {
  /** 128 + signal number where a signal ended it, as shells count. */
  code: number
  signal: string | null
  outOfMemory: boolean
  at: Date
  /** The most memory that it had at once in this run, file pages among it; null where the kernel does not say. */
  peakMemoryBytes?: number | null
  /** Why, in words, where nobody saw the exit itself: the machine was restarted, its monitor was killed. */
  reason?: string
}

export type LogLine = { at: Date; stream: 'stdout' | 'stderr'; text: string }

export type LogQuery = {
  follow: boolean
  tail: number | null
  since: Date | null
  /** What was printed later is left out; a follower goes then. */
  until?: Date | null
  /** Of this stream alone. */
  stream?: LogLine['stream']
  signal?: AbortSignal
}

/** Counted since it was started, but for what is now: memory, processes. */
export type ContainerStats = {
  at: Date
  /** Without file pages that can go at once. */
  memoryBytes: number
  memoryCacheBytes: number
  memoryLimitBytes: number | null
  cpuTimeMs: number
  /** The machine's. See `cpuPercent`. */
  cpus: number
  pids: number
  pidsLimit: number | null
  /** Null without a network. */
  network: {
    receivedBytes: number
    receivedPackets: number
    sentBytes: number
    sentPackets: number
  } | null
  blockIo: { readBytes: number; writtenBytes: number; reads: number; writes: number }
  /** How long its processes waited for what they needed; null where the kernel does not say. */
  pressure: { cpu: Pressure; memory: Pressure; io: Pressure } | null
}

/** `some`: at least one process waited; `full`: all did. Source: the kernel's psi.rst. */
export type Pressure = { some: Stalled; full: Stalled | null }

export type Stalled = { percent10s: number; percent60s: number; percent300s: number; totalMs: number }

/** All that is said must hold. `before` and `since` name containers, and mean when those were made. */
export type ContainerFilter = {
  states?: readonly ContainerState[]
  /** A part of it. */
  name?: string
  group?: string
  /** Its image, or one that this was built on. */
  image?: string
  exitCodes?: readonly number[]
  before?: string
  since?: string
}

export type PruneFilter = { labels?: Readonly<Record<string, string>>; createdBefore?: Date }

/** Ids are those inside, but for `hostPid`; a parent outside is 0. */
export type ContainerProcess = {
  pid: number
  hostPid: number
  parentPid: number
  uid: number
  /** One letter, as ps has it. */
  state: string
  startedAt: Date
  cpuTimeMs: number
  memoryBytes: number
  command: readonly string[]
}

/** A further process in a running container. Words left out are the container's own. */
export type ExecSpec = {
  command: readonly string[]
  env?: Readonly<Record<string, string>>
  user?: string
  workingDirectory?: string
  terminal?: TerminalSize | null
  openInput?: boolean
}

export type TerminalSize = { columns: number; rows: number }

/**
 * What is joined to a process: its input, its output while it comes, its end. `close` lets go: a container's main
 * process runs on, an exec's process is killed. Whoever does not read `output` holds the process up.
 */
export type Attachment = {
  /** Null where the input was not opened. */
  input: Writable | null
  output: AsyncIterable<{ stream: 'stdout' | 'stderr'; bytes: Uint8Array }>
  /** @throws CONTAINER.NO_TERMINAL */
  resize(size: TerminalSize): Promise<void>
  /** To an exec's process and all in its session, as a terminal's Ctrl-C; to a container's first process. @throws CONTAINER.INVALID */
  signal(name: string): Promise<void>
  exit: Promise<{ code: number; signal: string | null }>
  close(): Promise<void>
}

export type ContainerFile = {
  name: string
  kind: 'file' | 'directory' | 'link' | 'other'
  sizeBytes: number
  mode: number
  modifiedAt: Date
  /** Inside. */
  uid: number
  gid: number
}

/** `owner`: of everything that is unpacked, by ids inside; else whom the archive names. */
export type CopyInOptions = { owner?: { uid: number; gid: number } | null }

/** `path` begins with a slash. */
export type ContainerChange = { path: string; kind: 'added' | 'changed' | 'deleted' }

export type CommitOptions = {
  names?: readonly string[]
  /** In place of the image's. */
  config?: Partial<ImageConfig>
  comment?: string
  /** Default true: a running container stands still meanwhile, so that what is kept was there at one time. */
  pause?: boolean
}

/** `exited`: how, stands in the container. `stopping` comes before the signal; `restarting` when a restart is planned. */
export type ContainerEventKind =
  | 'created'
  | 'started'
  | 'stopping'
  | 'killed'
  | 'exited'
  | 'restarting'
  | 'paused'
  | 'resumed'
  | 'renamed'
  | 'exec started'
  | 'exec ended'
  | 'removed'

export type ContainerEvent = {
  kind: ContainerEventKind
  container: Container
  at: Date
  /** Of `killed`: what was sent. */
  signal?: string
  /** Of `renamed`. */
  formerName?: string
  /** Of `exec started` and `exec ended`, which alone has a code. */
  exec?: { id: string; command: readonly string[]; code: number | null }
}

/** `exited`: at once if it has. `next exit`: the end of this run, or of the next. `removed`: with its last exit. */
export type WaitCondition = 'exited' | 'next exit' | 'removed'

export interface Containers {
  /** @throws IMAGE.NOT_FOUND, CONTAINER.NAME_TAKEN */
  create(spec: ContainerSpec): Promise<Container>
  /** Its process exists and its network works when this returns. @throws CONTAINER.START_FAILED (with the reason) */
  start(id: string): Promise<Container>
  /** The image's stop signal (or SIGTERM), then SIGKILL after `timeoutMs`. Returns at once if it does not run. */
  stop(id: string, options: { timeoutMs: number; signal?: string }): Promise<Container>
  /** Any signal, by name or number; a paused container gets it when it is resumed, but for SIGKILL. */
  kill(id: string, signal: string): Promise<void>
  /** Stops it, if it runs, and starts it. */
  restart(id: string, options: { timeoutMs: number; signal?: string }): Promise<Container>
  /** Its processes stand still until it is resumed, stopped or removed. @throws CONTAINER.NOT_RUNNING, CONTAINER.PAUSED */
  pause(id: string): Promise<Container>
  /** @throws CONTAINER.NOT_RUNNING, CONTAINER.NOT_PAUSED */
  resume(id: string): Promise<Container>
  /** @throws CONTAINER.NAME_TAKEN, CONTAINER.INVALID */
  rename(id: string, name: string): Promise<Container>
  /** Everything but the log goes. A running container is killed first. Unknown ids are fine: it is gone. */
  remove(id: string): Promise<void>
  /** Waits until it has exited, or for another condition. */
  wait(id: string, signal?: AbortSignal, until?: WaitCondition): Promise<ContainerExit>
  /**
   * Runs a further process in a running container. It exists when this returns; it is killed, with what it started in its
   * session, when it is closed or the engine is. What it prints must be read, or it waits.
   * @throws CONTAINER.NOT_RUNNING, CONTAINER.PAUSED, CONTAINER.TOO_MANY_COMMANDS, CONTAINER.PROGRAM_NOT_FOUND,
   * CONTAINER.PROGRAM_NOT_EXECUTABLE, CONTAINER.EXEC_FAILED
   */
  exec(id: string, spec: ExecSpec): Promise<Attachment>
  /**
   * Joins the first process: its output from now on, of this run or, where it does not run, of its next one. Who reads
   * slowly holds nobody up. Ending `input` ends the process's; closing ends nothing.
   */
  attach(id: string): Promise<Attachment>
  /** By id, by name, or by the beginning of one id only; so everywhere here. @throws CONTAINER.NOT_FOUND */
  get(id: string): Promise<Container>
  /** @throws IMAGE.NOT_FOUND, CONTAINER.NOT_FOUND: what a filter names is not there */
  list(labels?: Readonly<Record<string, string>>, filter?: ContainerFilter): Promise<Container[]>
  /** Removes those that do not run and that no restart policy is about to start. Logs stay. */
  prune(filter?: PruneFilter): Promise<{ removed: string[]; bytes: number }>
  /** With `follow` until the container has exited. An aborted signal ends it quietly: the reader has read enough. */
  logs(id: string, query: LogQuery): AsyncIterable<LogLine>
  /** @throws CONTAINER.NOT_RUNNING */
  stats(id: string): Promise<ContainerStats>
  /** Now and after each interval (100 ms at least), until it does not run any more. */
  watchStats(id: string, intervalMs: number, signal?: AbortSignal): AsyncIterable<ContainerStats>
  /** @throws CONTAINER.NOT_RUNNING */
  top(id: string): Promise<ContainerProcess[]>
  /**
   * What lies at a path, in a container that runs or not; a link is not followed unless `/` stands behind it. Null: nothing.
   * A running container's mounts are seen here and in copies, `/proc` and its like are refused.
   */
  statPath(id: string, path: string): Promise<ContainerFile | null>
  /**
   * Unpacks a tar into a directory. A directory takes no file's place, nor a file a directory's. Whatever the container does
   * to its links meanwhile, nothing outside it is reached.
   * @throws CONTAINER.PATH_NOT_FOUND, CONTAINER.PATH_REFUSED, ARCHIVE.…
   */
  copyIn(id: string, path: string, archive: AsyncIterable<Uint8Array>, options?: CopyInOptions): Promise<void>
  /** As a tar whose entries begin with the path's last name; `/.` behind it: its content alone. @throws as `copyIn` */
  copyOut(id: string, path: string): AsyncIterable<Uint8Array>
  /** The whole root as a tar, without what is mounted in it. */
  export(id: string): AsyncIterable<Uint8Array>
  /** Against its image. */
  changes(id: string): AsyncIterable<ContainerChange>
  /** What it has changed becomes a layer upon its image. Its environment and other words of its own do not get into it. */
  commit(id: string, options: CommitOptions): Promise<Image>
  /** Called for each event until the returned function is called; of the last 1,024, first for those since a time. */
  subscribe(listener: (event: ContainerEvent) => void, options?: { since?: Date }): () => void
}
