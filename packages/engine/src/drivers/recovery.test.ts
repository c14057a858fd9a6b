import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { localRunner, type RunningCommand } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Container, ContainerEvent, ContainerSpec, Engine } from '../engine.ts'
import { enginePlaces } from '../sandbox/engine-places.ts'
import { isAlive } from '../sandbox/process-life.ts'
import {
  type EngineHome,
  linesOf,
  makeEngineHome,
  removeEngineHome,
  shellSpec,
} from '../testing/engine-home.ts'
import { findCgroups } from '../testing/find-cgroups.ts'
import { openHostEngine } from './host-engine.ts'

const doomedWorker = fileURLToPath(new URL('../testing/doomed-worker.ts', import.meta.url))

describe('after a worker was killed, the next one', () => {
  let home: EngineHome
  let engine: Engine | undefined
  let worker: Awaited<ReturnType<typeof startWorker>> | undefined

  beforeEach(async () => {
    home = await makeEngineHome()
  })
  afterEach(async () => {
    await worker?.kill()
    await engine?.close()
    engine = undefined
    worker = undefined
    await removeEngineHome(home)
    await expectNothingLeft(home)
  })

  const started = async (...specs: ContainerSpec[]): Promise<Container[]> => {
    worker = await startWorker(home)
    const containers: Container[] = []
    for (const spec of specs) containers.push(await worker.run(spec))
    return containers
  }
  const open = async () => {
    engine = await openHostEngine(home)
    return engine
  }

  test('finds running containers again and goes on with them', async () => {
    const [before] = await started(shellSpec(home, 'echo before; sleep 1; echo after; sleep 60'))
    await worker?.kill()
    const { containers } = await open()

    const [found] = await containers.list()
    expect(found).toEqual({ ...before, createdAt: expect.any(Date), startedAt: expect.any(Date) })
    expect(found?.state).toBe('running')
    expect((await containers.stats(found?.id ?? '')).pids).toBeGreaterThan(0)
    await expect
      .poll(async () => (await linesOf(engine as Engine, found?.id ?? '')).map((line) => line.text))
      .toEqual(['before', 'after'])

    const stopped = await containers.stop(found?.id ?? '', { timeoutMs: 5_000 })
    expect(stopped.exit).toMatchObject({ code: 143 })
    await containers.remove(found?.id ?? '')
    expect(await containers.list()).toEqual([])
  })

  test('gives no address away that one of them has', async () => {
    const [before] = await started(shellSpec(home, 'sleep 60'))
    await worker?.kill()
    const { containers } = await open()
    for (let times = 0; times < 3; times += 1) {
      const { id } = await containers.create(shellSpec(home, 'sleep 60'))
      const fresh = await containers.start(id)
      expect(fresh.address).not.toBe(before?.address)
      expect(fresh.address?.split('.').slice(0, 2)).toEqual(before?.address?.split('.').slice(0, 2))
    }
  })

  test('reports what ended meanwhile, to the first who listens', async () => {
    const [container] = await started(shellSpec(home, 'sleep 1; exit 9'))
    await worker?.kill()
    await expect.poll(() => isAlive(container?.pid ?? 0), { timeout: 5_000 }).toBe(false)
    const { containers } = await open()

    const events: ContainerEvent[] = []
    containers.subscribe((event) => events.push(event))
    await expect.poll(() => events.length).toBe(1)
    expect(events[0]).toMatchObject({ kind: 'exited', container: { exit: { code: 9 } } })
    expect(await containers.wait(container?.id ?? '')).toMatchObject({ code: 9 })
    await containers.remove(container?.id ?? '')
  })

  test('can start again what a dead worker had mounted', async () => {
    const [one] = await started(
      shellSpec(home, 'test -e /seen && echo again; touch /seen; sleep 60'),
      shellSpec(home, 'sleep 60'),
    )
    await worker?.kill()
    const { containers } = await open()
    await containers.stop(one?.id ?? '', { timeoutMs: 5_000 })
    await containers.start(one?.id ?? '')
    await expect
      .poll(async () => (await linesOf(engine as Engine, one?.id ?? '')).map((line) => line.text))
      .toEqual(['again'])
  })

  test('ends what was created and never recorded as started', async () => {
    const [container] = await started(shellSpec(home, 'sleep 60'))
    await worker?.kill()
    const path = `${home.home}/containers/${container?.id}/record.json`
    const record = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...record, run: null, startedAt: null }))
    const { containers } = await open()

    expect((await containers.get(container?.id ?? '')).state).toBe('created')
    expect(isAlive(container?.pid ?? 0)).toBe(false)
    await containers.start(container?.id ?? '')
  })

  test('clears half-made containers away', async () => {
    const [container] = await started(shellSpec(home, 'sleep 60'))
    await worker?.kill()
    await writeFile(`${home.home}/containers/${container?.id}/record.json`, '{"id":')
    const { containers } = await open()

    expect(await containers.list()).toEqual([])
    expect(isAlive(container?.pid ?? 0)).toBe(false)
    expect(await readdir(`${home.home}/containers`)).toEqual([])
  })

  test('knows that the machine was restarted', async () => {
    const [container] = await started(shellSpec(home, 'sleep 60'))
    await worker?.kill()
    const directory = `${home.home}/containers/${container?.id}`
    const monitor = Number(await readFile(`${directory}/conmon.pid`, 'utf8'))
    process.kill(monitor, 'SIGKILL')
    process.kill(container?.pid ?? 0, 'SIGKILL')
    const record = JSON.parse(await readFile(`${directory}/record.json`, 'utf8'))
    record.run.bootId = 'an earlier one'
    await writeFile(`${directory}/record.json`, JSON.stringify(record))
    await rm(home.run, { recursive: true })
    const { containers } = await open()

    expect(await containers.get(container?.id ?? '')).toMatchObject({
      state: 'exited',
      address: null,
      exit: { reason: 'the machine was restarted' },
    })
    await containers.start(container?.id ?? '')
    await containers.remove(container?.id ?? '')
  })

  test('ends a container whose monitor was killed, and says so', async () => {
    const [container] = await started(shellSpec(home, 'sleep 60'))
    await worker?.kill()
    process.kill(
      Number(await readFile(`${home.home}/containers/${container?.id}/conmon.pid`, 'utf8')),
      'SIGKILL',
    )
    const { containers } = await open()

    expect(await containers.get(container?.id ?? '')).toMatchObject({
      state: 'exited',
      exit: { reason: 'its monitor was killed' },
    })
    await expect.poll(() => isAlive(container?.pid ?? 0)).toBe(false)
  })

  test('finds a whole world, whenever the worker was killed', { timeout: 120_000 }, async () => {
    for (const afterMs of [0, 30, 60, 100, 150, 250]) {
      const doomed = await startWorker(home)
      for (let times = 0; times < 3; times += 1) doomed.send(shellSpec(home, 'sleep 60'))
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await doomed.kill()
      const { containers } = await open()
      for (const container of await containers.list()) await expectUsable(containers, container)
      await engine?.close()
      engine = undefined
      await expectNoContainerLeft(home)
    }
  })

  test('is the only one: a second is refused while the first lives', async () => {
    await started()
    await expect(openHostEngine(home)).rejects.toMatchObject({ code: 'CONTAINER.ENGINE_BUSY' })
  })
})

async function startWorker({ home }: EngineHome) {
  const worker: RunningCommand = localRunner.start(
    { argv: ['unshare', '--mount', '--propagation', 'private', process.execPath, doomedWorker, home] },
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface(worker.stdout as Readable)[Symbol.asyncIterator]()
  await lines.next()
  return {
    send: (spec: ContainerSpec) => void worker.stdin?.write(`${JSON.stringify(spec)}\n`),
    async run(spec: ContainerSpec): Promise<Container> {
      worker.stdin?.write(`${JSON.stringify(spec)}\n`)
      return JSON.parse(String((await lines.next()).value))
    },
    async kill() {
      worker.kill('SIGKILL')
      await worker.exited
    },
  }
}

/** What is said to run does; what was only created starts; and it can be removed. */
async function expectUsable(containers: Engine['containers'], container: Container): Promise<void> {
  const { id, state, pid, address } = container
  if (state === 'running') expect(isAlive(pid ?? 0) && address !== null).toBe(true)
  if (state === 'created') await containers.start(id)
  await containers.remove(id)
}

/** No process, cable, cgroup or file of a container; bridges of groups may wait for the next one. */
async function expectNoContainerLeft(home: EngineHome): Promise<void> {
  const { cgroupParent, vethPrefix } = enginePlaces(home)
  const run = async (...argv: [string, ...string[]]) => (await localRunner.run({ argv })).stdout
  await expect.poll(() => run('ps', '-eo', 'args'), { timeout: 5_000 }).not.toContain(home.home)
  expect(await run('ip', '-brief', 'link')).not.toContain(vethPrefix)
  expect(await findCgroups(`${cgroupParent}/*`)).toEqual([])
  expect(await readdir(`${home.home}/containers`)).toEqual([])
  expect(await readdir(`${home.run}/runtime`)).toEqual([])
  expect(await readdir(`${home.run}/exits`)).toEqual([])
}

async function expectNothingLeft(home: EngineHome): Promise<void> {
  const { cgroupParent, nftTable, bridgePrefix, vethPrefix } = enginePlaces(home)
  const run = async (...argv: [string, ...string[]]) => (await localRunner.run({ argv })).stdout
  expect(await run('nft', 'list', 'tables')).not.toContain(nftTable)
  const links = await run('ip', '-brief', 'link')
  expect(links).not.toContain(bridgePrefix)
  expect(links).not.toContain(vethPrefix)
  expect(await findCgroups(cgroupParent)).toEqual([])
  expect(await run('ps', '-eo', 'args')).not.toContain(home.home)
}
