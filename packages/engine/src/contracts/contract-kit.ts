import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Attachment, Container, ContainerSpec, Engine, LogLine, LogQuery } from '../engine.ts'

export type EngineUnderTest = {
  engine: Engine
  /** Has `sh` with echo, sleep, exit, trap, cat, read and stty. */
  image: string
  dispose(): Promise<void>
}

/** What the contract's tests share: one engine, and short words for what they do again and again. */
export type ContractKit = ReturnType<typeof contractKit>

export function contractKit(open: () => Promise<EngineUnderTest>) {
  let under: EngineUnderTest
  let logs: string
  let number = 0

  beforeAll(async () => {
    logs = await mkdtemp(join(tmpdir(), 'berth-logs-'))
    under = await open()
  })
  afterEach(async () => {
    for (const { id } of await under.engine.containers.list()) await under.engine.containers.remove(id)
  })
  afterAll(async () => {
    await under.dispose()
    await rm(logs, { recursive: true })
  })

  const containers = () => under.engine.containers
  const nextName = () => {
    number += 1
    return `c${number}`
  }
  const spec = (script: string, over: Partial<ContainerSpec> = {}): ContainerSpec => ({
    name: nextName(),
    group: 'contract',
    labels: {},
    image: under.image,
    entrypoint: null,
    command: ['sh', '-c', script],
    env: {},
    user: null,
    workingDirectory: null,
    hostname: null,
    network: 'bridge',
    limits: { memoryBytes: 128 * 1024 * 1024, cpuWeight: 100, cpus: null, pids: 64 },
    log: { directory: logs, maxBytes: 1_000_000, maxFiles: 3 },
    init: true,
    ...over,
  })
  const run = async (script: string, over: Partial<ContainerSpec> = {}): Promise<Container> => {
    const container = await containers().create(spec(script, over))
    return containers().start(container.id)
  }
  const linesOf = (id: string, query: Partial<LogQuery> = {}): Promise<LogLine[]> =>
    collect(containers().logs(id, { follow: false, tail: null, since: null, ...query }))
  const textOf = async (id: string, query: Partial<LogQuery> = {}) =>
    (await linesOf(id, query)).map((line) => line.text)

  return { engine: () => under.engine, image: () => under.image, containers, spec, run, linesOf, textOf }
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Everything that is printed, by stream, to its end. */
export async function printed({
  output,
}: Pick<Attachment, 'output'>): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' }
  for await (const { stream, bytes } of output) text[stream] += Buffer.from(bytes).toString()
  return text
}

/** Reads until the text has come; what comes later can be read on. */
export async function until(output: AsyncIterator<{ bytes: Uint8Array }>, wanted: string): Promise<string> {
  let text = ''
  while (!text.includes(wanted)) {
    const { value, done } = await output.next()
    if (done) throw new Error(`It ended before ${wanted}: ${text}`)
    text += Buffer.from(value.bytes).toString()
  }
  return text
}

/** Reads on in the background, as everyone must who also wants to say something. */
export function listen({ output }: Pick<Attachment, 'output'>): { text: string; over: Promise<void> } {
  const heard = { text: '', over: Promise.resolve() }
  heard.over = (async () => {
    for await (const { bytes } of output) heard.text += Buffer.from(bytes).toString()
  })()
  // Who lets go does not hear the end.
  heard.over.catch(() => undefined)
  return heard
}
