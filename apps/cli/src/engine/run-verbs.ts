import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isBerthError, places, readSettings } from '@berth/domain'
import type { Container, ContainerMount, Engine } from '@berth/engine'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { print } from '../output.ts'
import { sayError } from '../say-error.ts'
import { parseAssignments } from './assignments.ts'
import { collect } from './collect.ts'
import { converse } from './converse.ts'
import type { AskedMount } from './parse-mounts.ts'
import { planRun, type RunFlags, type RunSurroundings } from './plan-run.ts'
import { withEngine } from './with-engine.ts'

/** What makes containers run, and talks to those that do, under Docker's names. */
export function addRunVerbs(engine: Command): void {
  withRunFlags(engine.command('run').description('run a command in a new container'))
    .option('-d, --detach', 'leave it running, and print its id')
    .option('--rm', 'remove it once it has ended')
    .action((image: string, command: string[], flags: StartFlags) =>
      withEngine((found) => orNotBegun(() => run(found, { image, command, flags }))),
    )
  withRunFlags(engine.command('create').description('make a container, to be started later')).action(
    (image: string, command: string[], flags: RunFlags) =>
      withEngine(async (found) => {
        print((await create(found, { image, command, flags })).id)
        return 0
      }),
  )
  engine
    .command('exec')
    .description('run a further command in a running container')
    .argument('<container>')
    .argument('<command...>')
    .passThroughOptions()
    .option('-e, --env <name=value>', 'a variable for it', collect, [])
    .option('-i, --interactive', 'hand this input on to it')
    .option('-t, --tty', 'with a terminal')
    .option('-u, --user <user>', 'as whom')
    .option('-w, --workdir <path>', 'where')
    .action((given: string, command: string[], flags: ExecFlags) =>
      withEngine((found) => orNotBegun(() => exec(found, given, { command, flags }))),
    )
  engine
    .command('attach')
    .description('join a container: what it prints, and its input where it was opened; Ctrl-P Ctrl-Q lets go')
    .argument('<container>')
    .action((given: string) => withEngine((found) => attach(found, given)))
}

function withRunFlags(command: Command): Command {
  return command
    .argument('<image>')
    .argument('[command...]')
    .passThroughOptions()
    .helpOption('--help', 'what this does')
    .option('--name <name>', 'what to call it')
    .option('-e, --env <name=value>', 'a variable for it; a name alone hands yours on', collect, [])
    .option('--env-file <path>', 'variables, a line each', collect, [])
    .option('-v, --volume <source:target[:ro]>', 'a volume or a directory', collect, [])
    .option('--mount <words>', 'the same in words: type=volume,source=…,target=…', collect, [])
    .option('--tmpfs <target[:options]>', 'a directory in memory', collect, [])
    .option('-p, --publish <[address:]outside:inside>', 'a port of the machine', collect, [])
    .option('-l, --label <name=value>', 'a label for it', collect, [])
    .option('--link <container[:alias]>', 'a container that it may reach by name', collect, [])
    .option('--group <name>', 'containers of one group reach each other', 'default')
    .option('--network <kind>', 'bridge or none', 'bridge')
    .option('-h, --hostname <name>', 'what it calls itself')
    .option('-u, --user <user>', 'as whom')
    .option('-w, --workdir <path>', 'where')
    .option('--entrypoint <program>', 'in place of the image’s')
    .option('-i, --interactive', 'its input is open')
    .option('-t, --tty', 'with a terminal')
    .option('--init', 'with an init that reaps orphans')
    .option('--read-only', 'its root file system cannot be written to')
    .option('--restart <policy>', 'no, on-failure[:N], always or unless-stopped', 'no')
    .option('-m, --memory <size>', 'the most memory')
    .option('--memory-swap <size>', 'the most memory and swap together')
    .option('--cpus <number>', 'the most processor time: 1.5 cores')
    .option('-c, --cpu-shares <number>', 'its share while others want the processor too; others have 1024')
    .option('--pids-limit <number>', 'the most processes')
    .option('--ulimit <nofile=number>', 'the most open files', collect, [])
    .option(
      '--storage-opt <size=size>',
      'the most that it may write to its root; or files=number',
      collect,
      [],
    )
    .option('--blkio-weight <number>', 'its share of the disk, 10 to 1000')
    .option('--device-read-bps <device:rate>', 'bytes a second', collect, [])
    .option('--device-write-bps <device:rate>', 'bytes a second', collect, [])
    .option('--device-read-iops <device:rate>', 'operations a second', collect, [])
    .option('--device-write-iops <device:rate>', 'operations a second', collect, [])
}

/** As with Docker, and as shells do: why it could not begin is told apart from what the command ended with. */
const notBegun = 125
const notBegunBecause: Readonly<Record<string, number>> = {
  'CONTAINER.PROGRAM_NOT_EXECUTABLE': 126,
  'CONTAINER.PROGRAM_NOT_FOUND': 127,
}

async function orNotBegun(work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!isBerthError(error)) throw error
    await sayError(error)
    return notBegunBecause[error.code] ?? notBegun
  }
}

type StartFlags = RunFlags & { detach?: boolean; rm?: boolean }
type Wanted<Flags> = { image: string; command: readonly string[]; flags: Flags }

async function create(engine: Engine, { image, command, flags }: Wanted<RunFlags>): Promise<Container> {
  const { spec, mounts } = planRun(image, command, flags, surroundings())
  await engine.images.resolve(image)
  return engine.containers.create({ ...spec, mounts: mounts.map(named) })
}

function surroundings(): RunSurroundings {
  return {
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    newName: (image) =>
      `${image.replace(/^.*\/|[:@].*$/g, '').replace(/[^A-Za-z0-9]+/g, '-') || 'c'}-${randomBytes(3).toString('hex')}`,
    logDirectory: `${places(readSettings(process.env)).engine}/logs`,
  }
}

function named(mount: AskedMount): ContainerMount {
  if (mount.kind !== 'anonymous') return mount
  return { kind: 'volume', volume: randomBytes(16).toString('hex'), target: mount.target, readOnly: false }
}

async function run(engine: Engine, wanted: Wanted<StartFlags>): Promise<number> {
  const { detach = false, rm = false, tty = false } = wanted.flags
  const { id } = await create(engine, wanted)
  if (detach) {
    await engine.containers.start(id)
    print(id)
    return 0
  }
  try {
    // Joined before it starts: not a byte of what it prints is missed.
    const attachment = await engine.containers.attach(id)
    await engine.containers.start(id)
    const stop = passSignalsOn(engine, id)
    const code = await converse(attachment, { terminal: tty })
    stop()
    return code ?? 0
  } finally {
    const { state } = await engine.containers.get(id)
    if (rm && (state === 'exited' || state === 'created')) await engine.containers.remove(id)
  }
}

type ExecFlags = {
  env: readonly string[]
  interactive?: boolean
  tty?: boolean
  user?: string
  workdir?: string
}

async function exec(
  engine: Engine,
  given: string,
  { command, flags }: { command: readonly string[]; flags: ExecFlags },
): Promise<number> {
  const { id } = await runningOne(engine, given)
  const attachment = await engine.containers.exec(id, {
    command,
    env: parseAssignments(flags.env, '-e', process.env),
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.workdir === undefined ? {} : { workingDirectory: flags.workdir }),
    openInput: flags.interactive ?? false,
    terminal: flags.tty ? { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 } : null,
  })
  return (await converse(attachment, { terminal: flags.tty ?? false })) ?? 0
}

async function attach(engine: Engine, given: string): Promise<number> {
  const container = await runningOne(engine, given)
  const attachment = await engine.containers.attach(container.id)
  const stop = passSignalsOn(engine, container.id)
  const code = await converse(attachment, { terminal: process.stdin.isTTY })
  stop()
  return code ?? 0
}

/** By its name, which says more than the id that the engine knows. @throws CLI.RUNS_NOT */
async function runningOne(engine: Engine, given: string): Promise<Container> {
  const container = await engine.containers.get(given)
  if (container.state !== 'running') throw cliError['CLI.RUNS_NOT']({ name: container.name })
  return container
}

/** As with Docker: what would end this command is for the container to decide. */
function passSignalsOn({ containers }: Engine, id: string): () => void {
  const pass = (signal: NodeJS.Signals) => void containers.kill(id, signal).catch(() => undefined)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}
