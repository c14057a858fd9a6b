import { readdirSync, utimesSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { localRunner } from '@berth/command'
import { expect } from 'vitest'
import { openBuildCache } from '../build/build-cache.ts'
import { openCacheMounts } from '../build/mounts/cache-mounts.ts'
import { openDownloads } from '../build/remote/downloads.ts'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { Container, Engine } from '../engine.ts'
import type { FailurePoint } from '../system/failure-points.ts'
import { type EngineHome, makeEngineHome, removeEngineHome, shellSpec } from '../testing/engine-home.ts'
import { acceptPushes, publish, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { expectNoLeak } from './expect-no-leak.ts'
import {
  exportedPath,
  type Operation,
  operationAt,
  operations,
  pulledName,
  type Setting,
} from './operations.ts'

const doomed = fileURLToPath(new URL('./doomed-operation.ts', import.meta.url))
const doomedWorker = fileURLToPath(new URL('../testing/doomed-worker.ts', import.meta.url))
const inOwnMounts = ['unshare', '--mount', '--propagation', 'private', execPath] as const

/**
 * A home in which a container runs that has nothing to do with it all, and the ways to crash in it. Each crash is
 * answered by the next engine: it must find that container as it was and nothing of the dead process; what was broken
 * off is done again; and once what it made is removed, the home is as before.
 */
export type CrashedHome = {
  crashAt(point: FailurePoint): Promise<void>
  remove(): Promise<void>
}

export async function makeCrashedHome(operation: Operation): Promise<CrashedHome> {
  const registry = await startScriptedRegistry()
  acceptPushes(registry)
  publish(registry, [[{ path: 'noise', content: Buffer.alloc(300_000, Math.random().toString()) }]])
  const setting: Setting = { home: await makeEngineHome(), registry: registry.host }
  const open = () => openHostEngine({ ...setting.home, registries: { plainHttp: [registry.host] } })
  await prepare(await open(), setting, operation)
  const { id, pid, address } = await startBystander(setting.home)
  const before = filesOf(setting.home.home)
  return {
    async crashAt(point) {
      await crash(setting, point)
      const engine = await open()
      try {
        await expectNoLeak(engine, setting.home)
        expect(await engine.containers.get(id)).toMatchObject({ state: 'running', pid, address })
        await operations[operation](engine, setting)
        await undo(engine, setting)
        expect(filesOf(setting.home.home)).toEqual(before)
      } finally {
        await engine.close()
      }
    },
    async remove() {
      await removeEngineHome(setting.home)
      await registry.close()
    },
  }
}

/** Everything is done once without a crash, so that what lasts on purpose is there. */
async function prepare(engine: Engine, setting: Setting, operation: Operation): Promise<void> {
  await engine.images.importRootfs(`${setting.home.home}/rootfs.tar`, 'with-volume', {
    volumes: ['/home/app'],
  })
  await operations[operation](engine, setting)
  await undo(engine, setting)
  await engine.close()
}

/** A container that a worker started which is no more; so nothing of it is mounted here. */
async function startBystander(home: EngineHome): Promise<Pick<Container, 'id' | 'pid' | 'address'>> {
  const argv = [...inOwnMounts, doomedWorker, home.home] as const
  const worker = localRunner.start({ argv }, { stdio: ['pipe', 'pipe', 'inherit'] })
  worker.stdin?.write(`${JSON.stringify(shellSpec(home, 'exec sleep 600', { name: 'bystander' }))}\n`)
  let said = ''
  for await (const piece of worker.stdout ?? []) {
    said += String(piece)
    if (said.endsWith('}\n')) break
  }
  worker.kill('SIGKILL')
  await worker.exited
  return JSON.parse(said.slice(said.indexOf('{')))
}

async function crash({ home, registry }: Setting, point: FailurePoint): Promise<void> {
  const running = localRunner.start({
    argv: [...inOwnMounts, doomed, home.home, operationAt[point], registry],
    env: { BERTH_KILLED_AT: point, NODE_COMPILE_CACHE: `${home.home}/logs/compiled` },
  })
  let said = ''
  for (const stream of [running.stdout, running.stderr])
    stream?.on('data', (bytes) => (said += String(bytes)))
  expect({ ...(await running.exited), said }).toEqual({
    status: null,
    signal: 'SIGKILL',
    said: expect.stringContaining(`killed at: ${point}\n`),
  })
}

/** What the operation made goes the way that everybody's does: removed, forgotten, pruned. */
async function undo({ containers, images }: Engine, { home, registry }: Setting): Promise<void> {
  for (const { id, name } of await containers.list()) if (name === 'doomed') await containers.remove(id)
  await rm(exportedPath(home), { force: true })
  for (const name of ['built', 'committed', 'leaving', 'unneeded', pulledName(registry)])
    if ((await images.find(name)) !== undefined) await images.remove(name)
  await (await openBuildCache(home.home)).forget(new Date(Date.now() + 1_000))
  await (await openCacheMounts(home.home, home.commands)).prune(0)
  await (await openDownloads(home.home)).prune(0)
  makeOld(home.home)
  await images.prune([])
}

/** What nobody finished is cleared when it is old enough to be nobody's. */
function makeOld(home: string): void {
  const longAgo = new Date(Date.now() - 3 * 60 * 60 * 1000)
  for (const path of filesOf(home)) if (path.endsWith('.new')) utimesSync(`${home}/${path}`, longAgo, longAgo)
}

/** All that lasts, but for logs and what is in layers and containers. */
function filesOf(home: string): string[] {
  const below = (path: string, depth: number): string[] =>
    readdirSync(`${home}/${path}`, { withFileTypes: true }).flatMap((entry) => {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`
      if (/^(run|logs|scratch|rootfs)$/.test(inside)) return []
      return [inside, ...(entry.isDirectory() && depth > 1 ? below(inside, depth - 1) : [])]
    })
  return below('', 3)
    .filter((path) => !/^(layers|containers)\/.*\//.test(path))
    .toSorted()
}
