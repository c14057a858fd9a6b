import type { Container, Engine } from '@berth/engine'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { cliError } from '../errors.ts'
import { ago, plain, print, printList } from '../output.ts'
import { addressWords, portWords } from './container-words.ts'
import { written } from './converse.ts'
import { eachNamed } from './each-named.ts'
import { since } from './since.ts'
import { withEngine } from './with-engine.ts'

/** What handles containers that are there, under Docker's names. */
export function addContainerVerbs(engine: Command): void {
  engine
    .command('ps')
    .description('the containers that run')
    .option('-a, --all', 'those that do not run as well')
    .option('-q, --quiet', 'their ids alone')
    .option('--json', 'as JSON')
    .action((flags: ListFlags) => withEngine((found) => list(found, flags)))
  engine
    .command('start')
    .description('start containers that do not run')
    .argument('<containers...>')
    .action((given: string[]) =>
      onEach(given, async (found, { id }) => void (await found.containers.start(id))),
    )
  engine
    .command('stop')
    .description('ask containers to end, and end those that do not')
    .argument('<containers...>')
    .option('-t, --time <seconds>', 'how long they have', seconds, 10)
    .action((given: string[], { time }: { time: number }) =>
      onEach(
        given,
        async (found, { id }) => void (await found.containers.stop(id, { timeoutMs: time * 1_000 })),
      ),
    )
  engine
    .command('kill')
    .description('send containers a signal')
    .argument('<containers...>')
    .option('-s, --signal <name>', 'which', 'SIGKILL')
    .action((given: string[], { signal }: { signal: string }) =>
      onEach(given, (found, { id }) => found.containers.kill(id, signal)),
    )
  engine
    .command('restart')
    .description('stop containers, and start them')
    .argument('<containers...>')
    .option('-t, --time <seconds>', 'how long they have to end', seconds, 10)
    .action((given: string[], { time }: { time: number }) =>
      onEach(given, async (found, { id }) => {
        await found.containers.restart(id, { timeoutMs: time * 1_000 })
      }),
    )
  engine
    .command('pause')
    .description('let containers stand still')
    .argument('<containers...>')
    .action((given: string[]) =>
      onEach(given, async (found, { id }) => void (await found.containers.pause(id))),
    )
  engine
    .command('unpause')
    .description('let them go on')
    .argument('<containers...>')
    .action((given: string[]) =>
      onEach(given, async (found, { id }) => void (await found.containers.resume(id))),
    )
  engine
    .command('rename')
    .description('call a container something else')
    .argument('<container>')
    .argument('<name>')
    .action((given: string, name: string) =>
      withEngine(async (found) => {
        await found.containers.rename(given, name)
        return 0
      }),
    )
  engine
    .command('rm')
    .description('remove containers; their logs stay')
    .argument('<containers...>')
    .option('-f, --force', 'those that run as well')
    .action((given: string[], { force }: { force?: boolean }) =>
      onEach(given, (found, container) => remove(found, container, force ?? false)),
    )
  engine
    .command('wait')
    .description('wait until containers have ended; print how')
    .argument('<containers...>')
    .action((given: string[]) =>
      withEngine(async (found) => {
        for (const name of given) print(String((await found.containers.wait(name)).code))
        return 0
      }),
    )
  engine
    .command('logs')
    .description('what a container prints')
    .argument('<container>')
    .option('-f, --follow', 'go on as new lines come')
    .option('-n, --tail <count>', 'how many of the last lines', count)
    .option('--since <time>', 'from then on: 10m, 2h, or a date', (text: string) => since(text))
    .option('--until <time>', 'nothing after that', (text: string) => since(text))
    .addOption(new Option('--stream <name>', 'of one alone').choices(['stdout', 'stderr']))
    .option('-t, --timestamps', 'with the time of each line')
    .action((given: string, flags: LogFlags) => withEngine((found) => showLogs(found, given, flags)))
}

type Work = (engine: Engine, container: Container) => Promise<void>

function onEach(given: readonly string[], work: Work): Promise<void> {
  return withEngine((engine) =>
    eachNamed(given, async (name) => work(engine, await engine.containers.get(name))),
  )
}

type ListFlags = { all?: boolean; quiet?: boolean; json?: boolean }

async function list({ containers }: Engine, { all, quiet, json }: ListFlags): Promise<number> {
  const rows = (await containers.list()).filter(
    ({ state }) => all || (state !== 'exited' && state !== 'created'),
  )
  if (quiet) {
    for (const { id } of rows) print(id.slice(0, 12))
    return 0
  }
  printList(rows, {
    json,
    empty: all ? 'No containers.' : 'No container runs. Those that have ended: berth engine ps -a',
    columns: [
      { title: 'container', value: ({ id }) => id.slice(0, 12) },
      { title: 'image', value: ({ image }) => image.slice(7, 19) },
      { title: 'created', value: ({ createdAt }) => ago(createdAt) },
      { title: 'status', value: statusOf },
      { title: 'ports', value: ({ ports = [] }) => ports.map(portWords).join(', ') || '–' },
      { title: 'address', value: addressWords },
      { title: 'name', value: ({ name }) => name },
    ],
  })
  return 0
}

/** `running since 3 min`, `exited (137) 2 h ago` */
export function statusOf({
  state,
  startedAt,
  exit,
}: Pick<Container, 'state' | 'startedAt' | 'exit'>): string {
  if (exit === null) return startedAt === null ? state : `${state}, started ${ago(startedAt)}`
  return `exited (${exit.code}${exit.outOfMemory ? ', out of memory' : ''}) ${ago(exit.at)}`
}

async function remove({ containers }: Engine, { id, name, state }: Container, force: boolean): Promise<void> {
  if (state !== 'exited' && state !== 'created' && !force) throw cliError['CLI.STILL_RUNS']({ name })
  await containers.remove(id)
}

type LogFlags = {
  follow?: boolean
  tail?: number
  since?: Date
  until?: Date
  stream?: 'stdout' | 'stderr'
  timestamps?: boolean
}

async function showLogs(engine: Engine, given: string, flags: LogFlags): Promise<number> {
  const { id } = await engine.containers.get(given)
  const enough = new AbortController()
  process.once('SIGINT', () => enough.abort())
  const query = {
    follow: flags.follow ?? false,
    tail: flags.tail ?? null,
    since: flags.since ?? null,
    until: flags.until ?? null,
    ...(flags.stream === undefined ? {} : { stream: flags.stream }),
    signal: enough.signal,
  }
  for await (const { at, stream, text } of engine.containers.logs(id, query)) {
    const line = `${flags.timestamps ? `${at.toISOString()} ` : ''}${plain(text)}\n`
    await written(stream === 'stderr' ? process.stderr : process.stdout, line)
  }
  return 0
}

function seconds(text: string): number {
  const number = Number(text)
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a number of seconds.')
  return number
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a number of lines.')
  return Number(text)
}
