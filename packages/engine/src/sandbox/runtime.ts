import { chown, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Command,
  type CommandRunner,
  command,
  type RunningCommand,
  type StartOptions,
} from '@berth/command'
import { isBerthError } from '@berth/domain'
import { z } from 'zod'
import { startFailed } from '../container/errors.ts'
import { reached } from '../system/failure-points.ts'
import type { EnginePlaces } from './engine-places.ts'
import { openExpectMove } from './expect-move.ts'
import type { HostLimits } from './host-limits.ts'
import { findProgram } from './host-program.ts'
import { letGo } from './let-go.ts'
import { monitorPid, monitorReport } from './monitor-report.ts'
import { ociRuntime } from './oci-runtime.ts'
import type { ociSpec } from './oci-spec.ts'
import type { OutputPipes } from './output-pipes.ts'

/**
 * conmon and the OCI runtime: conmon creates the container, stays as its parent in a session of its own, keeps its
 * output and writes its exit code to a file; the runtime (runc or crun) is there for milliseconds at a time. Neither
 * needs us to live.
 */
export type Runtime = {
  /** The container exists and waits for `start`; returns its first process. @throws CONTAINER.START_FAILED */
  create(bundle: Bundle): Promise<Created>
  /** `pid`: what `create` returned. @throws CONTAINER.START_FAILED */
  start(id: string, pid: number): Promise<void>
  /** Kills what is left, removes cgroups and the runtime's state. Fine if there is nothing. */
  delete(id: string): Promise<void>
  /**
   * A further process in a running container, with its namespaces, cgroups and seccomp rules. The runtime stays as its
   * parent, hands its output on and ends as it does.
   */
  exec(id: string, wanted: ExecFiles & { stdio: NonNullable<StartOptions['stdio']> }): RunningCommand
  /** Every process of it stands still, or goes on. */
  pause(id: string): Promise<void>
  resume(id: string): Promise<void>
  /** Ids of everything that the runtime knows of. */
  list(): Promise<RuntimeContainer[]>
}

export type Bundle = {
  id: string
  directory: string
  spec: ReturnType<typeof ociSpec>
  /** A file with a size at which conmon begins anew by itself, or pipes, whose write ends `create` closes. */
  output: { file: string; maxBytes: number } | OutputPipes
  /** Its standard input is a pipe whose other end the monitor keeps. A terminal is one that `spec` asks for. */
  openInput?: boolean
}

/** `process` is read; `pid` is written once the process exists, `log` where it does not come to be. */
export type ExecFiles = { process: string; pid: string; log: string }

export type Created = { pid: number; monitorPid: number }

export type RuntimeContainer = { id: string; pid: number; status: string }

export function openRuntime(options: {
  commands: CommandRunner
  places: EnginePlaces
  host: HostLimits
}): Runtime {
  const { commands, places } = options
  const conmon = findProgram('conmon')
  const { kind, path: program } = ociRuntime(places, options.host.cgroupVersion)
  const expectMove = openExpectMove(options.host.cgroupVersion)
  const runtime = (...words: string[]) => command(program, '--root', places.runtimeRoot, ...words)

  return {
    async create(bundle) {
      expectMove()
      // Secrets of a step stand in its environment.
      await writeFile(`${bundle.directory}/config.json`, JSON.stringify(bundle.spec), { mode: 0o600 })
      reached('bundle written')
      const monitor = startMonitor(commands, conmonCommand({ conmon, program, places, bundle }), bundle)
      reached('monitor started')
      const { data: pid, message } = await monitorReport(monitor)
      if (pid <= 0) throw startFailed(await reason(bundle, message ?? 'the monitor ended without a word'))
      if (!bundle.spec.process.terminal) await giveOutput(pid, bundle)
      return { pid, monitorPid: await monitorPid(monitor, `${bundle.directory}/conmon.pid`) }
    },
    async start(id, pid) {
      if (await letGo(kind, `${places.runtimeRoot}/${id}`, pid)) return
      const { status, stderr } = await commands.run(runtime('start', id), {
        timeoutMs: 10_000,
        okStatuses: [0, 1],
      })
      if (status !== 0) throw startFailed(stderr.trim().split('\n').at(-1) ?? '')
    },
    async delete(id) {
      // `--force` succeeds where there is no such container.
      await commands.run(runtime('delete', '--force', id), { timeoutMs: 30_000 })
    },
    exec(id, { process, pid, log, stdio }) {
      const words = ['exec', '--process', process, '--pid-file', pid, id]
      return commands.start(runtime('--log', log, '--log-format', 'json', ...words), {
        stdio,
        detached: true,
      })
    },
    async pause(id) {
      for (let tries = 1; ; tries += 1) {
        try {
          await commands.run(runtime('pause', id), { timeoutMs: 30_000 })
          return
        } catch (error) {
          if (tries === mostFreezes || !isRestless(error)) throw error
        }
        await sleep(tries * 50)
      }
    },
    async resume(id) {
      await commands.run(runtime('resume', id), { timeoutMs: 30_000 })
    },
    async list() {
      const { stdout } = await commands.run(runtime('list', '--format', 'json'), { timeoutMs: 30_000 })
      return runtimeList.parse(JSON.parse(stdout || '[]')) ?? []
    },
  }
}

const mostFreezes = 5

/**
 * Where cgroups are v1, what makes processes without a pause may escape being frozen for a while; runc tries for some milliseconds.
 * Source: opencontainers/cgroups, fs/freezer.go.
 */
function isRestless(error: unknown): boolean {
  return isBerthError(error, 'COMMAND.FAILED') && error.message.includes('unable to freeze')
}

function startMonitor(commands: CommandRunner, conmon: Command, { output }: Bundle): RunningCommand {
  const pipes = 'writeEnds' in output ? output : null
  try {
    const [stdout, stderr] = pipes?.writeEnds ?? (['ignore', 'ignore'] as const)
    return commands.start(conmon, { detached: true, stdio: ['ignore', stdout, stderr, 'pipe'] })
  } finally {
    pipes?.closeWriteEnds()
  }
}

/**
 * The pipes that the process prints to belong to whoever made them, whom the container's user namespace does not know:
 * so the runtime cannot hand them over, and `> /dev/stdout`, as nginx logs, would be refused. They are given to the
 * process's user from outside. Nothing of the image runs yet, so the descriptors are what conmon made them.
 */
async function giveOutput(pid: number, { spec, openInput }: Bundle): Promise<void> {
  const { user } = spec.process
  const { linux } = spec
  const [uids] = linux.uidMappings
  const [gids] = linux.gidMappings
  if (uids === undefined || gids === undefined) return
  for (const descriptor of openInput ? [0, 1, 2] : [1, 2]) {
    await chown(`/proc/${pid}/fd/${descriptor}`, uids.hostID + user.uid, gids.hostID + user.gid)
  }
}

const runtimeList = z.array(z.object({ id: z.string(), pid: z.number(), status: z.string() })).nullable()

function conmonCommand(given: {
  conmon: string
  program: string
  places: EnginePlaces
  bundle: Bundle
}): Command {
  const { conmon, program, places, bundle } = given
  const { id, directory, output, spec, openInput } = bundle
  const runtimeArguments = [
    '--root',
    places.runtimeRoot,
    '--log',
    `${directory}/runtime.log`,
    '--log-format',
    'json',
  ]
  return {
    argv: [
      conmon,
      ...['--api-version', '1', '--cid', id, '--cuuid', id, '--name', id],
      ...['--runtime', program, ...runtimeArguments.flatMap((word) => ['--runtime-arg', word])],
      ...['--bundle', directory],
      ...['--container-pidfile', `${directory}/container.pid`, '--conmon-pidfile', `${directory}/conmon.pid`],
      ...['--exit-dir', places.exits, '--persist-dir', directory, '--socket-dir-path', places.sockets],
      ...['--log-level', 'error', '--no-sync-log'],
      // Whoever lets go of a terminal must not close it; a pipe is closed by letting go, which is how input ends.
      ...(spec.process.terminal ? ['--terminal', '--leave-stdin-open'] : []),
      ...(openInput ? ['--stdin'] : []),
      ...('writeEnds' in output
        ? ['--log-path', 'passthrough:']
        : ['--log-path', `k8s-file:${output.file}`, '--log-size-max', String(output.maxBytes)]),
    ],
    env: { _OCI_SYNCPIPE: '3' },
    // Where conmon notes that memory ran out, besides the persist directory.
    cwd: directory,
  }
}

/** The runtime's own last error, without the words that say only where it came from. */
function reason(bundle: Bundle, message: string): Promise<string> {
  return lastError(`${bundle.directory}/runtime.log`, message)
}

/** What a runtime wrote last into its log, or `message` where it wrote nothing. */
export async function lastError(path: string, message: string): Promise<string> {
  const log = await readFile(path, 'utf8').catch(() => '')
  const errors = log.split('\n').flatMap((line) => {
    const parsed = runtimeLogLine.safeParse(parseJson(line))
    return parsed.success && parsed.data.level === 'error' ? [parsed.data.msg] : []
  })
  return (errors.at(-1) ?? message)
    .replace(/^(?:runc create failed: |exec failed: )?(?:unable to start container process: )?/, '')
    .slice(0, 500)
}

const runtimeLogLine = z.object({ level: z.string(), msg: z.string() })

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // A line cut off in the middle: the runtime was killed while it wrote.
    return undefined
  }
}
