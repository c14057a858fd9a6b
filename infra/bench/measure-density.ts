import type { Containers } from '@berth/engine'
import { type DockerApi, openDockerApi } from '../yardstick/docker-api.ts'
import type { DockerDaemon } from '../yardstick/docker-daemon.ts'
import { baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'
import { idleSpec, openBerthSide } from './berth-side.ts'
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
  const { containers } = berth.engine
  // The first of an app makes its network; that is not what is asked here.
  for (let app = 0; app < apps; app += 1) await startOf(containers, idleSpec(berth, `app-${app}`))
  const ownBefore = await pssBytes([process.pid])
  const startMs: number[] = []
  const ids: string[] = []
  for (let number = apps; number < count; number += 1) {
    run.signal.throwIfAborted()
    const spec = idleSpec(berth, `app-${number % apps}`)
    startMs.push(await timedMs(async () => void ids.push(await startOf(containers, spec))))
    if (number % 100 === 0)
      run.say(`${number} run, the last ten took ${median(startMs.slice(-10)).toFixed(0)} ms each`)
  }
  const ownGrowth = (await pssBytes([process.pid])) - ownBefore
  tellStarts(run, startMs, count)

  const helpers = await helpersOf(containers)
  run.say(`helpers of Berth: ${helpers.conmons.length} conmon, ${helpers.inits.length} init`)
  const monitors = (await pssBytes(helpers.conmons)) / count
  const inits = (await pssBytes(helpers.inits)) / count
  const against = `${docker.title}, of ${dockerCount}`
  const common = { unit: 'kB', better: 'lower' } as const
  run.tell({
    ...common,
    figure: `memory of each of ${count} beyond its own process: its monitor (Docker: its shim)`,
    berth: monitors / kilobyte,
    other: other.shimBytes / kilobyte,
    against,
    goal: goals.memory,
  })
  run.tell({
    ...common,
    figure: `the same with the init that reaps inside (Docker: run --init)`,
    berth: (monitors + inits) / kilobyte,
    other: (other.shimBytes + other.initBytes) / kilobyte,
    against,
    goal: null,
  })
  run.tell({
    ...common,
    figure: `growth of the engine's own process by each of ${count} (Docker: dockerd and containerd)`,
    berth: ownGrowth / count / kilobyte,
    other: other.growthBytes / kilobyte,
    against,
    goal: null,
  })
  const listed = await medianMs(run, () => containers.list())
  const ask = ids[Math.floor(ids.length / 2)] ?? ''
  const stats = await medianMs(run, () => containers.stats(ask))
  const times = {
    unit: 'ms',
    better: 'lower',
    against: `${docker.title} API, with ${dockerCount}`,
    goal: null,
  } as const
  run.tell({ ...times, figure: `list of ${count}`, berth: listed, other: other.listMs })
  run.tell({ ...times, figure: `stats of one among ${count}`, berth: stats, other: other.statsMs })
}

function tellStarts(run: BenchRun, startMs: readonly number[], count: number): void {
  const few = Math.max(1, Math.min(20, Math.floor(count / 4)))
  run.tell({
    figure: `start of the last ${few} of ${count} containers in ${apps} apps`,
    berth: median(startMs.slice(-few)),
    other: median(startMs.slice(0, few)),
    against: `the first ${few}`,
    unit: 'ms',
    better: 'lower',
    goal: goals.lastStart,
  })
}

async function fillDocker(given: { docker: DockerDaemon; api: DockerApi; count: number; run: BenchRun }) {
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
    shimBytes: (await pssBytes(shims)) / count,
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
async function helpersOf(containers: Containers): Promise<{ conmons: number[]; inits: number[] }> {
  const first = (await containers.list()).flatMap(({ pid }) => (pid === null ? [] : [pid]))
  const commands = new Set(await named(first, 'sleep'))
  return { conmons: await parentsOf(first), inits: first.filter((pid) => !commands.has(pid)) }
}

async function medianMs({ quick }: BenchRun, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let number = 0; number < (quick ? 3 : 20); number += 1) times.push(await timedMs(work))
  return median(times)
}
