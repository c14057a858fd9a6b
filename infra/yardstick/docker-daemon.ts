/**
 * A Docker daemon to compare with, started by hand. What it promises:
 *
 * - It lives in mount, network and process namespaces of its own: its mounts, bridges and firewall rules are seen by
 *   nobody else, and Berth's containers keep their way out.
 * - Nothing of it stays: `stop` ends every process of its namespaces and removes its directory and cgroups. Where we are
 *   killed ourselves, the kernel ends all its processes; a directory under /tmp and empty cgroups are left then.
 *
 * It has no way to the internet. One cable leads to this machine: `address` is its end, `gateway` ours.
 */
import { access, mkdtemp, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type CommandResult, command, localRunner, type RunOptions } from '@berth/command'
import { inOwnNamespaces } from './own-namespaces.ts'

export type DockerDaemon = {
  /** As it names itself: `20.10.24+dfsg1`. */
  version: string
  socketPath: string
  /** Where it keeps images: the same path inside and outside. */
  dataRoot: string
  /** The first process of its namespaces, as seen from outside: all others descend from it. */
  pid: number
  /** From this machine: where its published ports answer. */
  address: string
  /** From its containers: this machine. */
  gateway: string
  /** `docker …` as a value. No configuration of a person's is read. */
  command: (...words: string[]) => Command
  docker: (words: readonly string[], options?: RunOptions) => Promise<CommandResult>
  /** The command in the daemon's network namespace, but with this machine's files. */
  inItsNetwork: (given: Command) => Command
  stop: () => Promise<void>
}

/** What to start: words before the daemon's own options, and the client of the same release. */
export type DockerPrograms = { dockerd: readonly [string, ...string[]]; docker: string }

/** Debian's packages, whatever else is on the PATH. */
const debian: DockerPrograms = { dockerd: ['/usr/sbin/dockerd'], docker: '/usr/bin/docker' }
const answersWithinMs = 60_000
const cliTimeoutMs = 600_000
/** `localRunner` keeps the PATH that a Node of the checkout was started with; a daemon wants the system's. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Its directory lies under /tmp, and has the same path in the daemon's mount namespace. `dataRoot`: an empty directory of
 * the caller's, where its data shall not lie in that.
 */
export async function startDockerDaemon(
  programs: DockerPrograms = debian,
  given: { dataRoot?: string } = {},
): Promise<DockerDaemon> {
  await access(programs.docker)
  const directory = await mkdtemp('/tmp/berth-yardstick-')
  const socketPath = `${directory}/docker.sock`
  const dataRoot = given.dataRoot ?? `${directory}/data`
  const cgroup = directory.replace('/tmp/', '')
  const supervisor = localRunner.start(daemonCommand(programs, { directory, socketPath, dataRoot, cgroup }), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const printed = lastPrinted([supervisor.stdout, supervisor.stderr])
  const ended = supervisor.exited.then(() => true)

  const docker = (...words: string[]): Command => ({
    ...command(programs.docker, ...words),
    env: { PATH: path, DOCKER_HOST: `unix://${socketPath}`, DOCKER_CONFIG: `${directory}/config` },
  })
  const run = (words: readonly string[], options: RunOptions = {}) =>
    localRunner.run(docker(...words), { timeoutMs: cliTimeoutMs, ...options })

  /** Nothing of it is needed again, so nothing is stopped gently: the kernel ends all its processes at once. */
  async function stop(): Promise<void> {
    const first = await firstProcess(supervisor.pid ?? 0)
    if (first > 0) process.kill(first, 'SIGKILL')
    else supervisor.kill('SIGKILL')
    await ended
    await removeCgroups(cgroup)
    await rm(directory, { recursive: true, force: true, maxRetries: 10 })
  }

  try {
    const version = await untilAnswers(run, ended, printed)
    const cable = await layCable(supervisor.pid ?? 0)
    return {
      version,
      socketPath,
      dataRoot,
      pid: await firstProcess(supervisor.pid ?? 0),
      ...cable,
      command: docker,
      docker: run,
      inItsNetwork: (given) => inNetworkOf(supervisor.pid ?? 0, given),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function daemonCommand(
  programs: DockerPrograms,
  place: { directory: string; socketPath: string; dataRoot: string; cgroup: string },
): Command {
  const { directory, socketPath, dataRoot, cgroup } = place
  return {
    ...inOwnNamespaces(
      ...programs.dockerd,
      ...(['--host', `unix://${socketPath}`] as const),
      ...(['--data-root', dataRoot, '--exec-root', `${directory}/exec`] as const),
      ...(['--pidfile', `${directory}/pid`, '--cgroup-parent', `/${cgroup}`] as const),
    ),
    env: { PATH: path },
  }
}

async function untilAnswers(
  run: DockerDaemon['docker'],
  ended: Promise<boolean>,
  printed: () => string,
): Promise<string> {
  const format = ['version', '--format', '{{.Server.Version}}']
  const deadline = Date.now() + answersWithinMs
  for (;;) {
    const { status, stdout } = await run(format, { okStatuses: [0, 1], timeoutMs: answersWithinMs })
    if (status === 0) return stdout.trim()
    const over = await Promise.race([ended, sleep(100, false)])
    if (over || Date.now() > deadline) throw new Error(`dockerd did not start:\n${printed()}`)
  }
}

/** A /30 of RFC 2544's block for benchmarks, of which every daemon gets its own. */
async function layCable(pid: number): Promise<{ address: string; gateway: string }> {
  const block = (pid % 16_384) * 4
  const [gateway, address] = [1, 2].map((last) => `198.18.${block >> 8}.${(block & 255) + last}`) as [
    string,
    string,
  ]
  const cable = `yard${pid}`
  const peer = ['peer', 'name', 'berth0', 'netns', String(pid)]
  await localRunner.run(command('ip', 'link', 'add', 'name', cable, 'type', 'veth', ...peer))
  await localRunner.run(command('ip', '-batch', '-'), {
    input: `addr add ${gateway}/30 dev ${cable}\nlink set ${cable} up\n`,
  })
  await localRunner.run(inNetworkOf(pid, command('ip', '-batch', '-')), {
    input: `addr add ${address}/30 dev berth0\nlink set lo up\nlink set berth0 up\nroute add default via ${gateway}\n`,
  })
  return { address, gateway }
}

function inNetworkOf(pid: number, given: Command): Command {
  return { ...given, argv: ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...given.argv] }
}

/** The one child of `unshare`; 0 where there is none any more. Source: proc(5), /proc/pid/task/tid/children. */
async function firstProcess(unsharePid: number): Promise<number> {
  const children = await readFile(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8').catch(() => '')
  return Number.parseInt(children, 10) || 0
}

function lastPrinted(streams: readonly (NodeJS.ReadableStream | null)[]): () => string {
  let text = ''
  for (const stream of streams) {
    stream?.on('data', (chunk) => {
      text = (text + chunk).slice(-8_000)
    })
  }
  return () => text
}

/** In every hierarchy, deepest first. A cgroup is busy for a moment after its last process. */
async function removeCgroups(name: string): Promise<void> {
  const roots = ['/sys/fs/cgroup', ...(await directoriesIn('/sys/fs/cgroup'))]
  for (const root of roots) await removeCgroup(`${root}/${name}`)
}

async function removeCgroup(cgroup: string): Promise<void> {
  for (const child of await directoriesIn(cgroup)) await removeCgroup(child)
  for (let tries = 0; tries < 100; tries += 1) {
    const removed = await rmdir(cgroup).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return true
        if (error.code === 'EBUSY') return false
        throw error
      },
    )
    if (removed) return
    await sleep(50)
  }
}

async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${directory}/${entry.name}`)
}
