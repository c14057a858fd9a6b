/** The run itself, inside its namespaces: both sides put in place, every case through both, the differences told. */
import { mkdir, rm } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import type { Engine } from '@berth/engine'
import { openDockerApi } from '../../infra/yardstick/docker-api.ts'
import { newerDockerVersion, startNewerDocker } from '../../infra/yardstick/newer-docker.ts'
import { makeBases } from './bases.ts'
import { buildWithBerth, openBerth } from './berth-side.ts'
import { differences, type Outcome } from './compare.ts'
import {
  buildWithDocker,
  knownOutcome,
  loadBases,
  outcomeKey,
  rememberOutcome,
  type Yardstick,
} from './docker-side.ts'
import { differencesFromWritten } from './expected-tree.ts'
import { reasonFor } from './meant-differences.ts'
import type { Options } from './options.ts'
import type { ConformanceCase } from './read-case.ts'
import { readCorpus } from './read-corpus.ts'
import { startSite } from './start-site.ts'

type Verdict = { name: string; differences: readonly string[]; meant: ReadonlyMap<string, string> }
type Stand = { key: string | null; docker: Outcome | null }

/** Returns the exit status. */
export async function conform(home: string, options: Options): Promise<number> {
  const ended = new AbortController()
  process.stdin.on('data', () => {}).on('end', () => ended.abort(new Error('The run was ended.')))
  const undo: (() => unknown)[] = []
  try {
    return await conformWith({ home, options, signal: ended.signal, undo })
  } catch (error) {
    if (!ended.signal.aborted) throw error
    return 130
  } finally {
    for (const one of undo.reverse()) await one()
    process.stdin.destroy()
  }
}

type Run = { home: string; options: Options; signal: AbortSignal; undo: (() => unknown)[] }

async function conformWith({ home, options, signal, undo }: Run): Promise<number> {
  const cases = await readCorpus(options.filters)
  const bases = await makeBases()
  const site = await startSite(home)
  undo.push(() => site.close())
  const sshAgent = startAgent(home, undo)

  const version = options.onlyBerth ? null : await newerDockerVersion(say)
  const stands = new Map<string, Stand>()
  for (const given of cases) {
    const key =
      given.byHand === null
        ? await outcomeKey(given, bases, version ?? (await newerDockerVersion(say)))
        : null
    stands.set(given.name, { key, docker: key === null || options.afresh ? null : await knownOutcome(key) })
  }
  const wanting = [...stands.values()].filter(({ key, docker }) => key !== null && docker === null).length
  const docker = wanting > 0 && !options.onlyBerth ? await startDocker(home, undo) : null
  if (docker !== null) await loadBases(docker.docker, bases, home)
  say(`${cases.length} cases; Docker ${version ?? 'is not asked'}, ${wanting} without a known outcome`)

  await mkdir(`${home}/berth`)
  const engine = await openBerth(`${home}/berth`, bases)
  undo.push(() => engine.close())

  const verdicts: Verdict[] = []
  const queue = [...cases]
  const work = async (): Promise<void> => {
    for (let given = queue.shift(); given !== undefined && !signal.aborted; given = queue.shift()) {
      const stand = stands.get(given.name) as Stand
      const verdict = await judge({ given, stand, docker, engine, home, sshAgent, options }).catch(
        (error: Error) => ({
          name: given.name,
          differences: [`the run itself: ${error.stack}`],
          meant: new Map(),
        }),
      )
      verdicts.push(verdict)
      tellVerdict(verdict)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  signal.throwIfAborted()
  return summarise(verdicts)
}

type Judging = {
  given: ConformanceCase
  stand: Stand
  docker: Yardstick | null
  engine: Engine
  home: string
  sshAgent: string
  options: Options
}

async function judge({ given, stand, docker, engine, home, sshAgent, options }: Judging): Promise<Verdict> {
  const directory = `${home}/cases/${given.name.replaceAll('/', '-')}`
  await mkdir(directory, { recursive: true })
  try {
    if (stand.docker === null && stand.key !== null && docker !== null) {
      stand.docker = await buildWithDocker(docker, given, { directory, sshAgent })
      if (!options.updateNothing) await rememberOutcome(stand.key, stand.docker)
    }
    const places = { home: `${home}/berth`, point: `${directory}/berth`, sshAgent }
    const berth = await buildWithBerth(engine, given, places)
    const found =
      given.byHand === null ? againstDocker(stand.docker, berth, given) : againstHand(given, berth)
    const meant = found.map((line) => [line, reasonFor(given.name, line)] as const)
    return {
      name: given.name,
      differences: meant.filter(([, reason]) => reason === undefined).map(([line]) => line),
      meant: new Map(meant.filter((one): one is readonly [string, string] => one[1] !== undefined)),
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function againstDocker(docker: Outcome | null, berth: Outcome, given: ConformanceCase): string[] {
  if (docker === null) return ['Docker was not asked, and no earlier outcome is known']
  return differences(docker, berth, given)
}

function againstHand({ byHand, fails }: ConformanceCase, berth: Outcome): string[] {
  if (berth.kind === 'failed')
    return berth.code === fails ? [] : [`Berth fails: ${berth.code ?? 'no code'}: ${berth.message}`]
  if (fails !== null) return [`Berth builds it; expected: ${fails}`]
  return differencesFromWritten(byHand?.tree ?? '', berth.tree)
}

// ------------------------------------------------------------------------------------------------ surroundings

/** An agent without keys: what a step can see of it is that it answers. */
function startAgent(home: string, undo: (() => unknown)[]): string {
  const socket = `${home}/agent`
  const agent = localRunner.start(command('ssh-agent', '-D', '-a', socket), {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  undo.push(() => agent.kill('SIGTERM'))
  return socket
}

async function startDocker(home: string, undo: (() => unknown)[]): Promise<Yardstick> {
  await mkdir(`${home}/docker`)
  const docker = await startNewerDocker(`${home}/docker`, say)
  undo.push(docker.stop)
  const api = openDockerApi(docker.socketPath)
  undo.push(api.close)
  return { docker, api }
}

// ------------------------------------------------------------------------------------------------ what is told

const mostLines = 12

function tellVerdict({ name, differences: found, meant }: Verdict): void {
  if (found.length === 0) {
    say(`passed  ${name}${meant.size > 0 ? ` (${meant.size} meant)` : ''}`)
    return
  }
  say(`FAILED  ${name}`)
  for (const line of found.slice(0, mostLines)) say(`        ${line}`)
  if (found.length > mostLines) say(`        and ${found.length - mostLines} more`)
}

function summarise(verdicts: readonly Verdict[]): number {
  const failed = verdicts.filter((verdict) => verdict.differences.length > 0)
  const reasons = verdicts.flatMap(({ name, meant }) => [...meant].map(([, reason]) => ({ name, reason })))
  for (const reason of new Set(reasons.map((one) => one.reason))) {
    const names = new Set(reasons.filter((one) => one.reason === reason).map((one) => one.name))
    say(`meant: ${reason} (${[...names].join(', ')})`)
  }
  if (failed.length > 0) say(`Failed: ${failed.map(({ name }) => name).join(', ')}`)
  say(`${reasons.length} meant differences`)
  say(`${verdicts.length - failed.length} passed, ${failed.length} failed`)
  return failed.length > 0 ? 1 : 0
}

function say(line: string): void {
  console.log(line)
}
