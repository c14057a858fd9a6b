import { readFile, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import { Secret } from '@berth/command'
import type { EventSink } from '@berth/domain'
import type { BuildLimits, BuildRequest, Engine } from '@berth/engine'
import { plainProgress } from '@berth/observe/plain-progress.ts'
import { type Command, Option } from 'commander'
import { cliError } from '../errors.ts'
import { print } from '../output.ts'
import { parseAssignments } from './assignments.ts'
import { openBuildContext } from './build-context.ts'
import { collect } from './collect.ts'
import { keyValues } from './key-values.ts'
import { parseSize } from './sizes.ts'
import { withEngine } from './with-engine.ts'

type BuildFlags = {
  file?: string
  tag: readonly string[]
  target?: string
  buildArg: readonly string[]
  label: readonly string[]
  secret: readonly string[]
  ssh: readonly string[]
  knownHosts?: string
  cache: boolean
  progress: 'auto' | 'plain' | 'quiet'
  quiet?: boolean
  iidfile?: string
  memory?: string
}

/** Builds of the command line share cache mounts with each other, never with an app's. */
const cacheScope = 'engine'

export function addBuildVerb(engine: Command): void {
  engine
    .command('build')
    .description('build an image from a directory with a Dockerfile')
    .argument('<context>', 'a directory; - reads a Dockerfile from the standard input')
    .option('-f, --file <path>', 'the Dockerfile; - reads it from the standard input')
    .option('-t, --tag <name>', 'a name for the image', collect, [])
    .option('--target <stage>', 'build this stage')
    .option(
      '--build-arg <name=value>',
      'a value for an ARG; a name alone takes it from the environment',
      collect,
      [],
    )
    .option('--label <name=value>', 'a label for the image', collect, [])
    .option(
      '--secret <id=…,src=…>',
      'a secret for RUN --mount=type=secret: id=NAME,src=FILE or id=NAME,env=NAME',
      collect,
      [],
    )
    .option('--ssh <id[=socket]>', 'an SSH agent for RUN --mount=type=ssh and for ADD by ssh', collect, [])
    .option('--known-hosts <path>', 'the hosts that ADD may fetch from by ssh, as in known_hosts')
    .option('--no-cache', 'do every step again')
    .option('-m, --memory <size>', 'the most that a step may use')
    .addOption(
      new Option('--progress <how>', 'what to show of it')
        .choices(['auto', 'plain', 'quiet'])
        .default('auto'),
    )
    .option('-q, --quiet', 'print the digest alone')
    .option('--iidfile <path>', 'write the digest into a file')
    .action((context: string, flags: BuildFlags) => withEngine((found) => build(found, context, flags)))
}

async function build(engine: Engine, context: string, flags: BuildFlags): Promise<number> {
  const request: BuildRequest = {
    ...(await openBuildContext(context, flags.file)),
    target: flags.target ?? null,
    arguments: parseAssignments(flags.buildArg, '--build-arg', process.env),
    labels: parseAssignments(flags.label, '--label'),
    names: flags.tag,
    cacheScope,
    limits: limitsOf(flags),
    authorities: process.env.BERTH_BUILD_AUTHORITIES || null,
    noCache: !flags.cache,
    secrets: await secretsOf(flags.secret),
    sshAgents: agentsOf(flags.ssh),
    ...(flags.knownHosts === undefined ? {} : { sshKnownHosts: await readFile(flags.knownHosts, 'utf8') }),
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(cliError['CLI.BROKEN_OFF']()))
  }
  const { digest } = await engine.build(request, sinkOf(flags), stop.signal)
  if (flags.iidfile !== undefined) await writeFile(resolve(flags.iidfile), digest)
  print(digest)
  return 0
}

function sinkOf({ quiet, progress }: BuildFlags): EventSink {
  if (quiet || progress === 'quiet') return () => undefined
  const show = plainProgress()
  return (event) => {
    for (const line of show(event)) process.stderr.write(`${line}\n`)
  }
}

/** An operator at the machine may use most of it: three quarters of its memory, two hours, 50 GB. */
function limitsOf({ memory }: BuildFlags): BuildLimits {
  return {
    memoryBytes: memory === undefined ? Math.floor((totalmem() * 3) / 4) : parseSize(memory),
    cpuWeight: 50,
    pids: 16_384,
    timeoutMs: 2 * 60 * 60_000,
    diskBytes: 50 * 1000 ** 3,
  }
}

async function secretsOf(given: readonly string[]): Promise<Record<string, Secret>> {
  const secrets = given.map(async (text) => {
    const { id, src, source: file = src, env: variable = id } = keyValues(text)
    if (id === undefined || variable === undefined)
      throw cliError['CLI.BAD_INPUT']({ what: '--secret needs an id: id=NAME,src=FILE.' })
    const value = file === undefined ? process.env[variable] : await readFile(resolve(file), 'utf8')
    if (value === undefined)
      throw cliError['CLI.BAD_INPUT']({ what: `The secret ${id} has no file and no variable.` })
    return [id, new Secret(value)] as const
  })
  return Object.fromEntries(await Promise.all(secrets))
}

/** `default`, or `id=/path/of/socket`; without a path the caller's own agent. @throws CLI.BAD_INPUT */
function agentsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [id = 'default', path = process.env.SSH_AUTH_SOCK] = text.split('=', 2)
      if (path === undefined)
        throw cliError['CLI.BAD_INPUT']({ what: 'No SSH agent runs: SSH_AUTH_SOCK is not set.' })
      return [id, resolve(path)]
    }),
  )
}
