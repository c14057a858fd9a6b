import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import { type ContainerSpec, destroyEngine, type Engine, openHostEngine } from '@berth/engine'
import { baseArchive, baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'

export type BerthSide = { engine: Engine; home: string }

/** An engine with a home of its own, as the worker opens it, with the base image in it. */
export async function openBerthSide({ defer }: Pick<BenchRun, 'defer'>): Promise<BerthSide> {
  const directory = await mkdtemp('/tmp/berth-bench-')
  // Containers' users pass through it on the way to their root.
  await chmod(directory, 0o711)
  const options = { home: `${directory}/home`, run: `${directory}/run`, commands: localRunner }
  await mkdir(options.home, { mode: 0o711 })
  defer(() => rm(directory, { recursive: true, force: true }))
  defer(() => destroyEngine(options))
  const engine = await openHostEngine(options)
  defer(() => engine.close())
  await engine.images.importRootfs(await baseArchive(), baseName)
  return { engine, home: options.home }
}

let number = 0

/** As the worker starts an instance of an app, but with a command that only waits. */
export function idleSpec({ home }: BerthSide, group: string): ContainerSpec {
  number += 1
  return {
    name: `${group}-${number}`,
    group,
    labels: { app: group },
    image: baseName,
    entrypoint: null,
    command: ['sleep', '3600'],
    env: {},
    user: null,
    workingDirectory: null,
    hostname: null,
    network: 'bridge',
    limits: { memoryBytes: 512 * 1024 * 1024, cpuWeight: 100, cpus: null, pids: 512 },
    log: { directory: `${home}/logs`, maxBytes: 10_000_000, maxFiles: 3 },
    init: true,
  }
}
