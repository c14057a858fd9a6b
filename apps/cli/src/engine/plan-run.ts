import type { ContainerLink, ContainerSpec, RestartPolicy } from '@berth/engine'
import { cliError } from '../errors.ts'
import { parseAssignments } from './assignments.ts'
import { type AskedMount, parseMount, parseTmpfs, parseVolume } from './parse-mounts.ts'
import { parsePorts } from './parse-ports.ts'
import { type LimitFlags, planLimits } from './plan-limits.ts'

/** The flags of `run` and `create`, as they were written. */
export type RunFlags = LimitFlags & {
  name?: string
  env: readonly string[]
  envFile: readonly string[]
  volume: readonly string[]
  mount: readonly string[]
  tmpfs: readonly string[]
  publish: readonly string[]
  label: readonly string[]
  link: readonly string[]
  user?: string
  workdir?: string
  entrypoint?: string
  hostname?: string
  network?: string
  group: string
  restart?: string
  init?: boolean
  readOnly?: boolean
  interactive?: boolean
  tty?: boolean
}

/** What the flags alone cannot say. */
export type RunSurroundings = {
  env: Readonly<Record<string, string | undefined>>
  /** Content of an --env-file. */
  readFile(path: string): string
  newName(image: string): string
  logDirectory: string
}

export type PlannedRun = { spec: Omit<ContainerSpec, 'mounts'>; mounts: readonly AskedMount[] }

const log = { maxBytes: 10 * 1024 * 1024, maxFiles: 3 }

/** @throws CLI.BAD_INPUT */
export function planRun(
  image: string,
  command: readonly string[],
  flags: RunFlags,
  around: RunSurroundings,
): PlannedRun {
  const mounts = [
    ...flags.volume.map(parseVolume),
    ...flags.mount.map(parseMount),
    ...flags.tmpfs.map(parseTmpfs),
  ]
  const spec: PlannedRun['spec'] = {
    name: flags.name ?? around.newName(image),
    group: flags.group,
    labels: parseAssignments(flags.label, '--label'),
    image,
    entrypoint: flags.entrypoint === undefined ? null : flags.entrypoint === '' ? [] : [flags.entrypoint],
    command: command.length > 0 || flags.entrypoint !== undefined ? command : null,
    env: environment(flags, around),
    user: flags.user ?? null,
    workingDirectory: flags.workdir ?? null,
    hostname: flags.hostname ?? null,
    network: network(flags.network ?? 'bridge'),
    limits: planLimits(flags),
    log: { directory: around.logDirectory, ...log },
    init: flags.init ?? false,
    terminal: flags.tty ?? false,
    openInput: flags.interactive ?? false,
    readOnlyRoot: flags.readOnly ?? false,
    imageVolumes: 'anonymous',
    ports: flags.publish.flatMap(parsePorts),
    links: flags.link.map(link),
    restart: restartPolicy(flags.restart ?? 'no'),
  }
  return { spec, mounts }
}

function environment({ env, envFile }: RunFlags, around: RunSurroundings): Record<string, string> {
  const lines = envFile.flatMap((path) =>
    around
      .readFile(path)
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
  return parseAssignments([...lines, ...env], '-e', around.env)
}

function restartPolicy(text: string): RestartPolicy {
  const [, when, most = '0'] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,6}))?$/.exec(text) ?? []
  if (when === undefined || (most !== '0' && when !== 'on-failure')) {
    return bad(`--restart is no, on-failure[:N], always or unless-stopped; this is ${JSON.stringify(text)}.`)
  }
  return { when: when as RestartPolicy['when'], mostRestarts: Number(most) }
}

function network(text: string): 'bridge' | 'none' {
  if (text === 'bridge' || text === 'none') return text
  return bad(
    `--network is bridge or none; this is ${JSON.stringify(text)}. Containers of one --group share a network.`,
  )
}

/** `name:alias` */
function link(text: string): ContainerLink {
  const [container = '', alias = container] = text.split(':', 2)
  return { container, alias }
}

function bad(what: string): never {
  throw cliError['CLI.BAD_INPUT']({ what })
}
