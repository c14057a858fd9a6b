import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, localRunner } from '@berth/command'
import { destroyEngine } from '../drivers/destroy-engine.ts'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { ContainerSpec, Engine, LogLine } from '../engine.ts'
import { makeBusyboxRoot } from './busybox-root.ts'

export type EngineHome = { home: string; run: string; commands: typeof localRunner }

/** A new home for an engine, with the image `small` in it. */
export async function makeEngineHome(): Promise<EngineHome> {
  const home = await mkdtemp(join(tmpdir(), 'berth-engine-'))
  const options = { home, run: `${home}/run`, commands: localRunner }
  const engine = await openHostEngine(options)
  await makeBusyboxRoot(`${home}/rootfs`)
  await localRunner.run(command('tar', '-C', `${home}/rootfs`, '-cf', `${home}/rootfs.tar`, '.'))
  await engine.images.importRootfs(`${home}/rootfs.tar`, 'small')
  await engine.close()
  return options
}

/** Everything that runs is ended first. No engine may be open on it. */
export async function removeEngineHome(options: EngineHome): Promise<void> {
  await destroyEngine(options)
  await rm(options.home, { recursive: true })
}

let number = 0

/** `sh -c script` in the image `small`, with limits that tests can reach. */
export function shellSpec(
  { home }: EngineHome,
  script: string,
  over: Partial<ContainerSpec> = {},
): ContainerSpec {
  number += 1
  return {
    name: `${process.pid}-${number}`,
    group: 'tests',
    labels: {},
    image: 'small',
    entrypoint: null,
    command: ['sh', '-c', script],
    env: {},
    user: null,
    workingDirectory: null,
    hostname: null,
    network: 'bridge',
    limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 100, cpus: null, pids: 40 },
    log: { directory: `${home}/logs`, maxBytes: 1_000_000, maxFiles: 3 },
    init: true,
    ...over,
  }
}

/** Runs to its end: the exit and what was printed. */
export async function runToEnd(engine: Engine, spec: ContainerSpec) {
  const { id } = await engine.containers.create(spec)
  await engine.containers.start(id)
  const exit = await engine.containers.wait(id)
  const lines = await linesOf(engine, id)
  await engine.containers.remove(id)
  return { exit, lines: lines.map((line) => line.text) }
}

export async function linesOf(engine: Engine, id: string, follow = false): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of engine.containers.logs(id, { follow, tail: null, since: null })) lines.push(line)
  return lines
}

/** The first line that a container prints. */
export async function firstLine(engine: Engine, id: string): Promise<string> {
  for await (const line of engine.containers.logs(id, { follow: true, tail: null, since: null }))
    return line.text
  return ''
}
