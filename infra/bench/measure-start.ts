import { openDockerApi } from '../yardstick/docker-api.ts'
import { baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'
import { idleSpec, openBerthSide } from './berth-side.ts'
import { openDockerSide } from './docker-side.ts'
import { median, percentile } from './median.ts'
import { takeTurns } from './take-turns.ts'

const goal = 0.3
const warmUps = 3

/**
 * Containers one by one, each with its network, none ended before all are there. Twice: against `docker run -d`, whose
 * time holds the client's own start, and against Docker's API on a kept connection, where nothing but the daemon works.
 */
export async function measureStart(run: BenchRun): Promise<void> {
  const count = run.quick ? 5 : 50
  const berth = await openBerthSide(run)
  const docker = await openDockerSide(run)
  const api = openDockerApi(docker.socketPath)
  run.defer(api.close)

  const startBerth = async () => {
    const { id } = await berth.engine.containers.create(idleSpec(berth, 'app'))
    await berth.engine.containers.start(id)
  }
  const runDocker = () => docker.docker(['run', '--detach', baseName, 'sleep', '3600'])
  const startByApi = async () => {
    const created = await api.call('POST', '/containers/create', { Image: baseName, Cmd: ['sleep', '3600'] })
    await api.call('POST', `/containers/${(created as { Id: string }).Id}/start`)
  }
  for (let number = 0; number < warmUps; number += 1) {
    await startBerth()
    await runDocker()
    await startByApi()
  }
  for (const { other, against } of [
    { other: runDocker, against: `${docker.title} run -d` },
    { other: startByApi, against: `${docker.title} API` },
  ]) {
    const [times] = await takeTurns([{ title: against, berth: startBerth, other }], {
      ...run,
      rounds: count,
      say: () => {},
    })
    const { berthMs, otherMs } = times ?? { berthMs: [], otherMs: [] }
    const common = { against, unit: 'ms', better: 'lower', goal } as const
    run.tell({
      figure: `container with network, median of ${count}`,
      berth: median(berthMs),
      other: median(otherMs),
      ...common,
    })
    run.tell({
      figure: `container with network, p95 of ${count}`,
      berth: percentile(berthMs, 0.95),
      other: percentile(otherMs, 0.95),
      ...common,
    })
  }
}
