import { randomInt } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { assertContainerName, newContainerId } from '../container/container-name.ts'
import { containerError, startFailed } from '../container/errors.ts'
import { formatRecord } from '../container/log-lines.ts'
import { processWords } from '../container/process-words.ts'
import { readLog } from '../container/read-log.ts'
import { signalNumber, signalOfExitCode } from '../container/signals.ts'
import { subscribers } from '../container/subscribers.ts'
import type { Container, ContainerExit, ContainerSpec, Containers, Image, Images } from '../engine.ts'
import { type FakeProcess, runFakeProgram } from './fake-program.ts'

type Slot = {
  container: Container
  spec: ContainerSpec
  image: Image
  process: FakeProcess | null
  over: PromiseWithResolvers<ContainerExit>
}

export type FakeContainers = Containers & { usedDigests(): Set<string> }

/** Containers that are objects. Their addresses are real loopback addresses, so `serve` really answers. */
export function fakeContainers(images: () => Images): FakeContainers {
  const slots = new Map<string, Slot>()
  const events = subscribers()
  let started = 0
  // Test files run side by side, in one process or several: each begins somewhere else in 127.64.0.0/10.
  const firstAddress = randomInt(2 ** 22)

  const slot = (id: string): Slot => {
    const found = slots.get(id)
    if (found === undefined) throw containerError['CONTAINER.NOT_FOUND']({ id })
    return found
  }
  const change = (of: Slot, kind: 'started' | 'exited' | 'removed', changes: Partial<Container>) => {
    of.container = { ...of.container, ...changes }
    events.emit({ kind, container: of.container })
  }
  const send = (of: Slot, signal: string) => of.process?.kill(signalNumber(signal))

  const start = async (id: string): Promise<Container> => {
    const of = slot(id)
    if (of.container.state === 'running') return of.container
    const words = processWords(of.spec, of.image.config)
    if (words.length === 0) throw startFailed('neither the image nor the request names a command')
    if (words[0]?.includes('no-such')) throw startFailed(`${words[0]}: not found in the image`)
    started += 1
    const address = loopbackAddress(firstAddress + started)
    of.over = Promise.withResolvers()
    of.process = runFakeProgram({
      words,
      env: { ...of.image.config.env, ...of.spec.env },
      address,
      print: (stream, text) => appendFileSync(of.container.logPath, formatRecord(stream, text, new Date())),
    })
    const bridge = of.spec.network === 'bridge'
    change(of, 'started', {
      state: 'running',
      address: bridge ? address : null,
      pid: 100_000 + started,
      startedAt: new Date(),
      exit: null,
    })
    of.process.ended.then(({ code, outOfMemory }) => {
      const exit = { code, signal: signalOfExitCode(code), outOfMemory, at: new Date() }
      of.process = null
      change(of, 'exited', { state: 'exited', address: null, pid: null, exit })
      of.over.resolve(exit)
    })
    return of.container
  }

  return {
    usedDigests: () => new Set([...slots.values()].map((of) => of.image.digest)),
    subscribe: events.subscribe,
    start,
    get: async (id) => slot(id).container,
    async list(labels = {}) {
      const wanted = Object.entries(labels)
      return [...slots.values()]
        .map((of) => of.container)
        .filter((container) => wanted.every(([name, value]) => container.labels[name] === value))
    },
    async create(spec) {
      assertContainerName(spec.name)
      const image = await images().get(spec.image)
      if ([...slots.values()].some((of) => of.spec.name === spec.name)) {
        throw containerError['CONTAINER.NAME_TAKEN']({ name: spec.name })
      }
      const container = createdContainer(spec, image)
      mkdirSync(spec.log.directory, { recursive: true })
      appendFileSync(container.logPath, '')
      slots.set(container.id, { container, spec, image, process: null, over: Promise.withResolvers() })
      return container
    },
    async stop(id, { timeoutMs, signal }) {
      const of = slot(id)
      if (of.container.state !== 'running') return of.container
      send(of, signal ?? of.image.config.stopSignal ?? 'SIGTERM')
      const timer = setTimeout(() => send(of, 'SIGKILL'), timeoutMs)
      await of.over.promise
      clearTimeout(timer)
      return of.container
    },
    async kill(id, signal) {
      const of = slot(id)
      if (of.container.state !== 'running') throw containerError['CONTAINER.NOT_RUNNING']({ id })
      send(of, signal)
    },
    async remove(id) {
      const of = slots.get(id)
      if (of === undefined) return
      if (of.container.state === 'running') {
        send(of, 'SIGKILL')
        await of.over.promise
      }
      if (slots.delete(id)) change(of, 'removed', {})
    },
    async wait(id, signal) {
      const of = slot(id)
      signal?.throwIfAborted()
      if (of.container.exit !== null) return of.container.exit
      const aborted = new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      )
      return Promise.race([of.over.promise, aborted])
    },
    async *logs(id, query) {
      const of = slot(id)
      yield* readLog(of.container.logPath, query, () => of.container.state !== 'running')
    },
    async stats(id) {
      const of = slot(id)
      if (of.container.state !== 'running') throw containerError['CONTAINER.NOT_RUNNING']({ id })
      return { memoryBytes: 10_000_000, memoryLimitBytes: of.spec.limits.memoryBytes, cpuTimeMs: 10, pids: 1 }
    },
  }
}

function createdContainer(spec: ContainerSpec, image: Image): Container {
  const id = newContainerId()
  return {
    id,
    name: spec.name,
    group: spec.group,
    labels: spec.labels,
    image: image.digest,
    state: 'created',
    address: null,
    pid: null,
    logPath: `${spec.log.directory}/${id}.log`,
    createdAt: new Date(),
    startedAt: null,
    exit: null,
  }
}

function loopbackAddress(number: number): string {
  return [127, 64 + ((number >> 16) & 63), (number >> 8) & 255, number & 255].join('.')
}
