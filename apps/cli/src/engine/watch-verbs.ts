import type { Container, ContainerEvent, ContainerStats, Engine } from '@berth/engine'
import { cpuPercent } from '@berth/engine/container/stats/cpu-percent.ts'
import type { Command } from 'commander'
import { ago, bytes, plain, print, printList, table } from '../output.ts'
import { since } from './since.ts'
import { withEngine } from './with-engine.ts'

/** What shows containers while they run, under Docker's names. */
export function addWatchVerbs(engine: Command): void {
  engine
    .command('stats')
    .description('what containers use, every second; Ctrl-C ends it')
    .argument('[containers...]', 'default: all that run')
    .option('--no-stream', 'once')
    .option('--json', 'once, as JSON')
    .action((given: string[], flags: { stream: boolean; json?: boolean }) =>
      withEngine((found) => stats(found, given, flags)),
    )
  engine
    .command('top')
    .description('the processes of a container')
    .argument('<container>')
    .option('--json', 'as JSON')
    .action((given: string, { json }: { json?: boolean }) => withEngine((found) => top(found, given, json)))
  engine
    .command('events')
    .description('what happens to containers, as it does; Ctrl-C ends it')
    .option('--since <time>', 'and what happened from then on: 10m, 2h, or a date', (text: string) =>
      since(text),
    )
    .option('--json', 'one JSON object a line')
    .action((flags: { since?: Date; json?: boolean }) => withEngine((found) => events(found, flags)))
}

const lookEveryMs = 1_000

type Look = { container: Container; stats: ContainerStats; cpuPercent: number | null }

async function stats(
  engine: Engine,
  given: readonly string[],
  { stream, json }: { stream: boolean; json?: boolean },
): Promise<number> {
  const enough = untilInterrupted()
  // The share of the processor shows from the second look on.
  let before = await lookAt(engine, given, [])
  do {
    await pause(lookEveryMs, enough)
    const now = await lookAt(engine, given, before)
    if (json) print(JSON.stringify(now.map(toPlain), null, 2))
    else show(now, stream)
    before = now
  } while (stream && !json && !enough.aborted)
  return 0
}

function toPlain({ container: { id, name }, stats, cpuPercent }: Look) {
  return { id, name, cpuPercent, ...stats }
}

async function lookAt(
  { containers }: Engine,
  given: readonly string[],
  before: readonly Look[],
): Promise<Look[]> {
  const found =
    given.length > 0
      ? await Promise.all(given.map((name) => containers.get(name)))
      : await containers.list({}, { states: ['running', 'paused'] })
  return Promise.all(
    found.map(async (container) => {
      const now = await containers.stats(container.id)
      const last = before.find((look) => look.container.id === container.id)?.stats
      return { container, stats: now, cpuPercent: last === undefined ? null : cpuPercent(last, now) }
    }),
  )
}

function show(looks: readonly Look[], isLive: boolean): void {
  const text = table(
    looks,
    [
      { title: 'name', value: ({ container }) => container.name },
      {
        title: 'cpu',
        value: ({ cpuPercent }) => (cpuPercent === null ? '–' : `${cpuPercent.toFixed(1)} %`),
        align: 'right',
      },
      { title: 'memory', value: ({ stats }) => bytes(stats.memoryBytes), align: 'right' },
      {
        title: 'limit',
        value: ({ stats }) => (stats.memoryLimitBytes === null ? '–' : bytes(stats.memoryLimitBytes)),
        align: 'right',
      },
      {
        title: 'in / out',
        value: ({ stats: { network } }) =>
          network === null ? '–' : `${bytes(network.receivedBytes)} / ${bytes(network.sentBytes)}`,
        align: 'right',
      },
      {
        title: 'read / written',
        value: ({ stats: { blockIo } }) => `${bytes(blockIo.readBytes)} / ${bytes(blockIo.writtenBytes)}`,
        align: 'right',
      },
      { title: 'pids', value: ({ stats }) => String(stats.pids), align: 'right' },
    ],
    'No container runs.',
  )
  // Over what was shown before, where this is a terminal.
  if (isLive && process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J')
  print(text)
}

async function top({ containers }: Engine, given: string, json: boolean | undefined): Promise<number> {
  printList(await containers.top(given), {
    json,
    empty: 'No processes.',
    columns: [
      { title: 'uid', value: ({ uid }) => String(uid), align: 'right' },
      { title: 'pid', value: ({ pid }) => String(pid), align: 'right' },
      { title: 'parent', value: ({ parentPid }) => String(parentPid), align: 'right' },
      { title: 'state', value: ({ state }) => state },
      { title: 'started', value: ({ startedAt }) => ago(startedAt) },
      { title: 'memory', value: ({ memoryBytes }) => bytes(memoryBytes), align: 'right' },
      { title: 'command', value: ({ command }) => command.join(' ') },
    ],
  })
  return 0
}

async function events({ containers }: Engine, flags: { since?: Date; json?: boolean }): Promise<number> {
  const enough = untilInterrupted()
  const tell = (event: ContainerEvent) => print(flags.json ? JSON.stringify(event) : plain(eventLine(event)))
  const stop = containers.subscribe(tell, flags.since === undefined ? {} : { since: flags.since })
  await new Promise<void>((resolve) => enough.addEventListener('abort', () => resolve(), { once: true }))
  stop()
  return 0
}

export function eventLine({ kind, at, container: { id, name, exit }, signal, exec }: ContainerEvent): string {
  const more = [
    ...(kind === 'exited' && exit !== null
      ? [`code ${exit.code}${exit.outOfMemory ? ', out of memory' : ''}`]
      : []),
    ...(signal === undefined ? [] : [signal]),
    ...(exec === undefined
      ? []
      : [exec.command.join(' '), ...(exec.code === null ? [] : [`code ${exec.code}`])]),
  ]
  return [at.toISOString(), id.slice(0, 12), name, kind, ...more].join('  ')
}

function untilInterrupted(): AbortSignal {
  const enough = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort())
  return enough.signal
}

function pause(ms: number, enough: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (enough.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    enough.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
