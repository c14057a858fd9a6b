import type { Containers } from '@berth/engine'
import { type DockerApi, openDockerApi } from '../yardstick/docker-api.ts'
import type { DockerDaemon } from '../yardstick/docker-daemon.ts'
import { baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'
import { type BerthSide, idleSpec, openBerthSide } from './berth-side.ts'
import { openDockerSide } from './docker-side.ts'
import { median } from './median.ts'
import { named, parentsOf, pssBytes, treeOf } from './process-tree.ts'
import { timedMs } from './take-turns.ts'

const apps = 10
/** Docker needs a quarter of a second and 5 MB for each: its figures per container are known with fewer. */
const dockerContainers = 50
const kilobyte = 1024
const goals = { lastStart: 1.5, memory: 0.2 }

/** Many containers that wait, of ten apps: do the last start as fast as the first, and what does each take? */
export async function measureDensity(run: BenchRun): Promise<void> {
  const count = run.containers
  const dockerCount = Math.min(count, dockerContainers)
  const berth = await openBerthSide(run)
  const docker = await openDockerSide(run)
  const api = openDockerApi(docker.socketPath)
  run.defer(api.close)

  const other = await fillDocker({ docker, api, count: dockerCount, run })
  const own = await fillBerth(berth, run)
  tellStarts(run, own.startMs)
  const memory = { unit: 'kB', better: 'lower', against: `${docker.title}, of ${dockerCount}` } as const
  run.tell({
    ...memory,
    figure: `memory of each of ${count} beyond its own process: its monitor (Docker: its shim)`,
    berth: own.monitorBytes / kilobyte,
    other: other.monitorBytes / kilobyte,
    goal: goals.memory,
  })
  run.tell({
    ...memory,
    figure: 'the same with the init that reaps inside (Docker: run --init)',
    berth: (own.monitorBytes + own.initBytes) / kilobyte,
    other: (other.monitorBytes + other.initBytes) / kilobyte,
    goal: null,
  })
  run.tell({
    ...memory,
    figure: `growth of the engine's own process by each of ${count} (Docker: dockerd and containerd)`,
    berth: own.growthBytes / kilobyte,
    other: other.growthBytes / kilobyte,
    goal: null,
  })
  const against = `${docker.title} API, with ${dockerCount}`
  const times = { unit: 'ms', better: 'lower', against, goal: null } as const
  run.tell({ ...times, figure: `list of ${count}`, berth: own.listMs, other: other.listMs })
  run.tell({ ...times, figure: `stats of one among ${count}`, berth: own.statsMs, other: other.statsMs })
}

/** Bytes are those of one container. */
type Filled = {
  monitorBytes: number
  initBytes: number
  /** Of the processes that serve all; garbage that nobody has collected yet counts. */
  growthBytes: number
  listMs: number
  statsMs: number
}

async function fillBerth(berth: BerthSide, run: BenchRun): Promise<Filled & { startMs: number[] }> {
  const { containers } = berth.engine
  const count = run.containers
  // The first of an app makes its network; that is not what is asked here.
  for (let app = 0; app < apps; app += 1) await startOf(containers, idleSpec(berth, `app-${app}`))
  const before = await pssBytes([process.pid])
  const startMs: number[] = []
  let last = ''
  for (let number = apps; number < count; number += 1) {
    run.signal.throwIfAborted()
    const spec = idleSpec(berth, `app-${number % apps}`)
    startMs.push(
      await timedMs(async () => {
        last = await startOf(containers, spec)
      }),
    )
    if (number % 100 === 0)
      run.say(`${number} run, the last ten took ${median(startMs.slice(-10)).toFixed(0)} ms each`)
  }
  const growthBytes = ((await pssBytes([process.pid])) - before) / count
  const { monitors, inits } = await helpersOf(containers)
  run.say(`helpers of Berth: ${monitors.length} conmon, ${inits.length} init`)
  return {
    startMs,
    growthBytes,
    monitorBytes: (await pssBytes(monitors)) / count,
    initBytes: (await pssBytes(inits)) / count,
    listMs: await medianMs(run, () => containers.list()),
    statsMs: await medianMs(run, () => containers.stats(last)),
  }
}

function tellStarts(run: BenchRun, startMs: readonly number[]): void {
  const few = Math.max(1, Math.min(20, Math.floor(startMs.length / 4)))
  run.tell({
    figure: `start of the last ${few} of ${run.containers} containers in ${apps} apps`,
    berth: median(startMs.slice(-few)),
    other: median(startMs.slice(0, few)),
    against: `the first ${few}`,
    unit: 'ms',
    better: 'lower',
    goal: goals.lastStart,
  })
}

async function fillDocker(given: {
  docker: DockerDaemon
  api: DockerApi
  count: number
  run: BenchRun
}): Promise<Filled> {
  const { docker, api, count, run } = given
  await startDocker(api)
  const daemons = await daemonsOf(docker)
  const before = await pssBytes(daemons)
  let last = ''
  for (let number = 1; number < count; number += 1) {
    run.signal.throwIfAborted()
    last = await startDocker(api)
  }
  const tree = await treeOf(docker.pid)
  const [shims, inits] = [await named(tree, 'containerd-shim'), await named(tree, 'docker-init')]
  run.say(`helpers of Docker: ${shims.length} containerd-shim, ${inits.length} docker-init`)
  return {
    monitorBytes: (await pssBytes(shims)) / count,
    initBytes: (await pssBytes(inits)) / count,
    growthBytes: ((await pssBytes(daemons)) - before) / count,
    listMs: await medianMs(run, () => api.call('GET', '/containers/json')),
    statsMs: await medianMs(run, () =>
      api.call('GET', `/v1.41/containers/${last}/stats?stream=false&one-shot=true`),
    ),
  }
}

async function startDocker(api: DockerApi): Promise<string> {
  const body = { Image: baseName, Cmd: ['sleep', '3600'], HostConfig: { Init: true } }
  const { Id: id } = (await api.call('POST', '/containers/create', body)) as { Id: string }
  await api.call('POST', `/containers/${id}/start`)
  return id
}

async function daemonsOf(docker: DockerDaemon): Promise<number[]> {
  const tree = await treeOf(docker.pid)
  return [...(await named(tree, 'dockerd')), ...(await named(tree, 'containerd'))]
}

async function startOf(containers: Containers, spec: Parameters<Containers['create']>[0]): Promise<string> {
  const { id } = await containers.create(spec)
  await containers.start(id)
  return id
}

/** Monitors are the parents of containers' first processes; inits are first processes that are not the command itself. */
async function helpersOf(containers: Containers): Promise<{ monitors: number[]; inits: number[] }> {
  const first = (await containers.list()).flatMap(({ pid }) => (pid === null ? [] : [pid]))
  const commands = new Set(await named(first, 'sleep'))
  return { monitors: await parentsOf(first), inits: first.filter((pid) => !commands.has(pid)) }
}

async function medianMs({ quick }: BenchRun, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let number = 0; number < (quick ? 3 : 20); number += 1) times.push(await timedMs(work))
  return median(times)
}
