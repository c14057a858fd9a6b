import { type Instance, instancesOf, label, readInstance, taskType } from '@berth/deploy'
import { instanceName } from '@berth/domain'
import type { LogLine } from '@berth/engine'
import { type AppLogLine, mergeLogLines } from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { Parts } from '../parts.ts'

export type AppLogRequest = { appId: string; follow: boolean; tail: number; instance: string | null }

type LogParts = Pick<Parts, 'engine'> & { keeper: Pick<Keeper, 'facts'> }

/** How many lines wait for a slow reader before the logs themselves are made to wait. */
const maxWaiting = 1_000

/**
 * The log of an app: the last lines of its containers in the order of time, then whatever its instances print, those
 * included that start later.
 */
export async function* appLogs(
  parts: LogParts,
  request: AppLogRequest,
  signal: AbortSignal,
): AsyncIterable<AppLogLine> {
  const instances = (await ofApp(parts, request)).filter((instance) => isAsked(instance, request))
  const lists = await Promise.all(
    instances.map((instance) => lastLines(parts, instance, request.tail, signal)),
  )
  const views = lists.map((lines, at) => lines.map((line) => toView(instances[at] as Instance, line)))
  yield* mergeLogLines(views).slice(-request.tail || Number.POSITIVE_INFINITY)
  if (!request.follow) return
  const seen = new Map(instances.map((instance, at) => [instance.containerId, seenOf(lists[at] ?? [])]))
  yield* follow(parts, request, { instances, seen }, signal)
}

async function* follow(
  { engine, keeper }: LogParts,
  request: AppLogRequest,
  { instances, seen }: { instances: readonly Instance[]; seen: ReadonlyMap<string, Seen> },
  signal: AbortSignal,
): AsyncIterable<AppLogLine> {
  const queue = openLineQueue(signal)
  const watched = new Set<string>()
  const watch = (instance: Instance) => {
    if (watched.has(instance.containerId) || !isAsked(instance, request)) return
    watched.add(instance.containerId)
    void pump(instance).catch((error: unknown) => queue.fail(error))
  }
  const pump = async (instance: Instance) => {
    const already = seen.get(instance.containerId) ?? { since: null, count: 0 }
    let skip = already.count
    const query = { follow: true, tail: null, since: already.since, signal: queue.signal }
    for await (const line of engine.containers.logs(instance.containerId, query)) {
      const isOld = skip > 0 && line.at.getTime() === already.since?.getTime()
      if (isOld) skip -= 1
      else await queue.put(toView(instance, line))
    }
  }
  const unsubscribe = engine.containers.subscribe(({ kind, container }) => {
    const instance = kind === 'started' ? readInstance(container, keeper.facts) : undefined
    if (instance?.appId === request.appId) watch(instance)
  })
  try {
    for (const instance of instances.filter(({ state }) => state !== 'exited')) watch(instance)
    yield* queue.lines()
  } finally {
    unsubscribe()
    queue.close()
  }
}

async function ofApp({ engine, keeper }: LogParts, { appId }: AppLogRequest): Promise<Instance[]> {
  return instancesOf(engine, keeper.facts, { [label.app]: appId })
}

function isAsked(instance: Instance, request: AppLogRequest): boolean {
  if (instance.type === taskType) return false
  return request.instance === null || request.instance === instanceName(instance.type, instance.index)
}

async function lastLines({ engine }: LogParts, { containerId }: Instance, tail: number, signal: AbortSignal) {
  const lines: LogLine[] = []
  const query = { follow: false, tail, since: null, signal }
  for await (const line of engine.containers.logs(containerId, query)) lines.push(line)
  return lines
}

/** The time of the last line that was given out, and how many of that same millisecond were. */
type Seen = { since: Date | null; count: number }

function seenOf(lines: readonly LogLine[]): Seen {
  const since = lines.at(-1)?.at ?? null
  return { since, count: lines.filter((line) => line.at.getTime() === since?.getTime()).length }
}

function toView({ type, index }: Instance, line: LogLine): AppLogLine {
  return {
    at: line.at.toISOString(),
    instance: instanceName(type, index),
    stream: line.stream,
    text: line.text,
  }
}

/** Several logs into one reader: bounded, and each log waits for it by itself. */
function openLineQueue(outer: AbortSignal) {
  const closing = new AbortController()
  const signal = AbortSignal.any([outer, closing.signal])
  const waiting: AppLogLine[] = []
  let failure: { error: unknown } | undefined
  let change = Promise.withResolvers<void>()
  const tell = () => {
    change.resolve()
    change = Promise.withResolvers<void>()
  }
  signal.addEventListener('abort', tell, { once: true })
  return {
    signal,
    put: async (line: AppLogLine) => {
      while (waiting.length >= maxWaiting && !signal.aborted) await change.promise
      waiting.push(line)
      tell()
    },
    fail: (error: unknown) => {
      if (signal.aborted) return
      failure = { error }
      tell()
    },
    close: () => closing.abort(),
    async *lines(): AsyncIterable<AppLogLine> {
      while (!signal.aborted) {
        const line = waiting.shift()
        if (line) yield line
        else if (failure) throw failure.error
        else await change.promise
        if (line && waiting.length === maxWaiting - 1) tell()
      }
    },
  }
}
