import { setTimeout as sleep } from 'node:timers/promises'
import { startPlatform } from '../../test/platform/start-platform.ts'
import type { BenchRun } from './bench-run.ts'
import { openDockerSide } from './docker-side.ts'
import { commandLine, cpuMs, pssBytes, treeOf } from './process-tree.ts'

const megabyte = 1024 * 1024
const goalMegabytes = 300
const goalPercentOfCore = 1

/** A platform that nobody uses: what all its processes take, and what they do in a minute. Docker's daemons beside it. */
export async function measureMemory(run: BenchRun): Promise<void> {
  const [quietMs, watchedMs] = run.quick ? [2_000, 5_000] : [30_000, 60_000]
  const platform = await startPlatform()
  run.defer(platform.remove)
  const docker = await openDockerSide(run)
  run.say(`waiting ${quietMs / 1000} s until both have nothing to do, then watching ${watchedMs / 1000} s`)
  await sleep(quietMs, undefined, { signal: run.signal })

  const roots = { berth: platform.upPid(), docker: docker.pid }
  const before = await cpuOfTrees(roots)
  await sleep(watchedMs, undefined, { signal: run.signal })
  const after = await cpuOfTrees(roots)
  const percent = (side: keyof typeof roots) => (100 * (after[side] - before[side])) / watchedMs
  const [berthTree, dockerTree] = [await treeOf(roots.berth), await treeOf(roots.docker)]
  for (const pid of berthTree)
    run.say(`${((await pssBytes([pid])) / megabyte).toFixed(1)} MB ${await commandLine(pid)}`)
  const [berthMegabytes, dockerMegabytes] = [await pssBytes(berthTree), await pssBytes(dockerTree)].map(
    (bytes) => bytes / megabyte,
  ) as [number, number]

  const common = { better: 'lower' } as const
  const memory = { ...common, figure: 'idle control plane', berth: berthMegabytes, unit: 'MB' }
  const processor = {
    ...common,
    figure: 'idle control plane, processor',
    berth: percent('berth'),
    unit: '% of a core',
  }
  run.tell({ ...memory, other: goalMegabytes, against: `the goal of ${goalMegabytes} MB`, goal: 1 })
  run.tell({
    ...memory,
    other: dockerMegabytes,
    against: `${docker.title}, dockerd and containerd alone`,
    goal: null,
  })
  run.tell({ ...processor, other: goalPercentOfCore, against: `the goal of ${goalPercentOfCore} %`, goal: 1 })
  run.tell({
    ...processor,
    other: percent('docker'),
    against: `${docker.title}, dockerd and containerd alone`,
    goal: null,
  })
}

async function cpuOfTrees(roots: {
  berth: number
  docker: number
}): Promise<{ berth: number; docker: number }> {
  return { berth: await cpuMs(await treeOf(roots.berth)), docker: await cpuMs(await treeOf(roots.docker)) }
}
