import { performance } from 'node:perf_hooks'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { Engine } from '../engine.ts'
import { makeEngineHome, removeEngineHome, shellSpec } from './engine-home.ts'

/**
 * How long a container takes to be created and started, with its network, one after another on this machine:
 *
 *     unshare --mount --propagation private node packages/engine/src/testing/measure-starts.ts 50
 */
const count = Number(process.argv[2] ?? 50)
const home = await makeEngineHome()
const engine = await openHostEngine(home)
try {
  const ids: string[] = []
  const startMs: number[] = []
  const removeMs: number[] = []
  await start()
  for (let number = 0; number < count; number += 1)
    startMs.push(await timed(async () => void ids.push(await start())))
  for (const id of ids) removeMs.push(await timed(() => engine.containers.remove(id)))
  process.stdout.write(`create and start: ${summary(startMs)}\nremove: ${summary(removeMs)}\n`)
} finally {
  await removeAll(engine)
  await engine.close()
  await removeEngineHome(home)
}

async function start(): Promise<string> {
  const { id } = await engine.containers.create(shellSpec(home, 'exec sleep 600'))
  await engine.containers.start(id)
  return id
}

async function removeAll({ containers }: Engine): Promise<void> {
  for (const { id } of await containers.list()) await containers.remove(id)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function summary(ms: readonly number[]): string {
  const sorted = ms.toSorted((one, other) => one - other)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1)
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, least ${at(0)} ms (${ms.length})`
}
