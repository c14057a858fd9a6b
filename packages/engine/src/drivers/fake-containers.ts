import { randomInt } from 'node:crypto'
import { assertContainerName } from '../container/container-name.ts'
import { containerError } from '../container/errors.ts'
import { isPrunable, matchesFilter } from '../container/query/container-filter.ts'
import { readLog } from '../container/read-log.ts'
import { watchStats } from '../container/stats/container-stats.ts'
import { subscribers } from '../container/subscribers.ts'
import type { Container, ContainerExit, ContainerStats, Containers } from '../engine.ts'
import { FakeContainer } from './fake-container.ts'
import type { FakeImages } from './fake-images.ts'

export type FakeContainers = Containers & { usedDigests(): Set<string> }

/** Containers that are objects. Their addresses are real loopback addresses, so `serve` really answers. */
export function fakeContainers(images: () => FakeImages): FakeContainers {
  const all = new Map<string, FakeContainer>()
  const events = subscribers()
  let runs = 0
  // Test files run side by side, in one process or several: each begins somewhere else in 127.64.0.0/10.
  const firstAddress = randomInt(2 ** 22)
  const nextAddress = () => {
    runs += 1
    return loopbackAddress(firstAddress + runs)
  }

  const find = (reference: string) =>
    all.get(reference) ?? [...all.values()].find(({ state }) => state.name === reference)
  const container = (id: string): FakeContainer => {
    const found = find(id)
    if (found === undefined) throw containerError['CONTAINER.NOT_FOUND']({ id })
    return found
  }
  const assertFree = (name: string) => {
    assertContainerName(name)
    if ([...all.values()].some(({ state }) => state.name === name)) {
      throw containerError['CONTAINER.NAME_TAKEN']({ name })
    }
  }
  const start = async (id: string) => container(id).start()

  const stop: Containers['stop'] = async (id, { timeoutMs, signal }) => {
    const of = container(id)
    of.forgetRestart()
    of.stopped = true
    if (!of.isRunning) return of.state
    of.change('stopping', { state: 'running' })
    of.send(signal ?? of.image.config.stopSignal ?? 'SIGTERM')
    const timer = setTimeout(() => of.send('SIGKILL'), timeoutMs)
    await of.over.promise
    clearTimeout(timer)
    return of.state
  }

  const states = () => [...all.values()].map((of) => of.state)
  const remove = async (id: string): Promise<void> => {
    const of = find(id)
    if (of === undefined) return
    of.forgetRestart()
    of.stopped = true
    if (of.isRunning) {
      of.send('SIGKILL')
      await of.over.promise
    }
    if (!all.delete(of.state.id)) return
    const gone = containerError['CONTAINER.NOT_FOUND']({ id })
    of.over.reject(gone)
    of.next.reject(gone)
    of.gone.resolve(of.state.exit ?? { code: 0, signal: null, outOfMemory: false, at: new Date() })
    of.change('removed', {})
  }
  const stats = async (id: string): Promise<ContainerStats> => {
    const of = container(id)
    if (!of.isRunning) throw containerError['CONTAINER.NOT_RUNNING']({ id })
    return of.stats()
  }

  return {
    usedDigests: () => new Set([...all.values()].map((of) => of.image.digest)),
    subscribe: events.subscribe,
    start,
    stop,
    get: async (id) => container(id).state,
    async list(labels = {}, filter = {}) {
      const digest = filter.image === undefined ? null : (await images().get(filter.image)).digest
      const context = {
        createdAt: (reference: string) => container(reference).state.createdAt,
        isFrom: ({ image }: Container) => image === digest,
      }
      return states().filter((state) => matchesFilter(state, labels, filter, context))
    },
    async prune(filter = {}) {
      const removed = states()
        .filter((state) => isPrunable(state, filter))
        .map(({ id }) => id)
      for (const id of removed) await remove(id)
      return { removed, bytes: removed.length * 1_000 }
    },
    async create(spec) {
      assertContainerName(spec.name)
      const image = await images().get(spec.image)
      assertFree(spec.name)
      const of = new FakeContainer({ spec, image, events, nextAddress })
      all.set(of.state.id, of)
      of.change('created', {})
      return of.state
    },
    async restart(id, how) {
      await stop(id, how)
      return start(id)
    },
    async kill(id, signal) {
      const of = container(id)
      if (!of.isRunning) throw containerError['CONTAINER.NOT_RUNNING']({ id })
      of.stopped = true
      of.send(signal)
      of.change('killed', {}, { signal })
    },
    async pause(id) {
      const of = container(id)
      of.assertRunning()
      of.change('paused', { state: 'paused' })
      return of.state
    },
    async resume(id) {
      const of = container(id)
      if (!of.isRunning) throw containerError['CONTAINER.NOT_RUNNING']({ id })
      if (of.state.state !== 'paused') throw containerError['CONTAINER.NOT_PAUSED']({ id })
      of.change('resumed', { state: 'running' })
      return of.state
    },
    async rename(id, name) {
      const of = container(id)
      const formerName = of.state.name
      if (formerName === name) return of.state
      assertFree(name)
      of.change('renamed', { name }, { formerName })
      return of.state
    },
    exec: async (id, spec) => container(id).exec(spec),
    attach: (id) => container(id).attach(),
    statPath: async (id, path) => container(id).files.stat(path),
    copyIn: async (id, path, archive, options) => container(id).files.copyIn(path, archive, options),
    async *copyOut(id, path) {
      yield* container(id).files.copyOut(path)
    },
    async *export(id) {
      yield* container(id).files.copyOut('/')
    },
    async *changes(id) {
      yield* container(id).files.changes()
    },
    async commit(id, { names = [], config = {} }) {
      const { image, files } = container(id)
      const made = images().add(null, { ...image.config, ...config }, JSON.stringify(files.changes()))
      for (const name of names) await images().tag(made.digest, name)
      return made
    },
    remove,
    async wait(id, signal, until = 'exited') {
      signal?.throwIfAborted()
      const aborted = new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      )
      return Promise.race([awaited(container(id), until), aborted])
    },
    async *logs(id, query) {
      const of = container(id)
      yield* readLog(of.state.logPath, query, () => !of.isRunning)
    },
    stats,
    watchStats: (id, intervalMs, signal) => watchStats(() => stats(id), intervalMs, signal),
    async top(id) {
      const of = container(id)
      if (!of.isRunning) throw containerError['CONTAINER.NOT_RUNNING']({ id })
      return of.processes()
    },
  }
}

async function awaited(
  { state, over, next, gone }: FakeContainer,
  until: 'exited' | 'next exit' | 'removed',
): Promise<ContainerExit> {
  if (until === 'removed') return gone.promise
  if (until === 'next exit') return next.promise
  return state.exit ?? over.promise
}

function loopbackAddress(number: number): string {
  return [127, 64 + ((number >> 16) & 63), (number >> 8) & 255, number & 255].join('.')
}
