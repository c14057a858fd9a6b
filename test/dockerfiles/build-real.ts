import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localRunner } from '@berth/command'
import { isBerthError, type StageEvent, saySeconds } from '@berth/domain'
import {
  type BuildRequest,
  bootstrapImage,
  destroyEngine,
  directoryTree,
  type Engine,
  openHostEngine,
} from '@berth/engine'
import { plainProgress } from '@berth/observe'
import { type RealBuild, realBuilds } from './real-builds.ts'
import { standInDockerfile, suite } from './stand-ins.ts'

/**
 * Builds those of the Dockerfiles here whose base images can be made on this machine, and runs a command in each image.
 * By hand, as root: it takes minutes, and fetches packages.
 *
 *     unshare --mount --propagation private node test/dockerfiles/build-real.ts [--verbose] [NAME …]
 *
 * A line for each; ends with 1 where one failed. REAL_AUTHORITIES: a PEM file that the steps trust, behind a proxy that
 * looks into TLS.
 */
const gigabyte = 1024 ** 3
const limits = {
  memoryBytes: 2 * gigabyte,
  cpuWeight: 100,
  pids: 2_000,
  timeoutMs: 900_000,
  diskBytes: 8 * gigabyte,
}
const bootstrapDirectory = '/var/cache/berth/bootstrap'
const hostAuthorities = '/etc/ssl/certs/ca-certificates.crt'
const authorities = process.env.REAL_AUTHORITIES ?? (existsSync(hostAuthorities) ? hostAuthorities : null)
const never = new AbortController().signal

const isVerbose = process.argv.includes('--verbose')
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))

const home = await mkdtemp('/tmp/berth-real-')
const options = { home, run: `${home}/run`, commands: localRunner }
let failed = 0
try {
  const engine = await openHostEngine(options)
  try {
    await bootstrapImage({
      name: suite,
      images: engine.images,
      commands: localRunner,
      cacheDirectory: bootstrapDirectory,
    })
    for (const real of realBuilds.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      if (!(await succeeds(engine, real))) failed += 1
    }
  } finally {
    await engine.close()
  }
} finally {
  await destroyEngine(options)
  await rm(home, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1

async function succeeds(engine: Engine, real: RealBuild): Promise<boolean> {
  const what = real.target === undefined ? real.name : `${real.name} (${real.target})`
  try {
    for (const image of real.bases) await makeStandIn(engine, image)
    const startedAt = Date.now()
    const title = `real/${real.name}`
    await build(engine, join(import.meta.dirname, real.name), { ...real, names: [title] })
    const tookMs = Date.now() - startedAt
    const said = real.check === undefined ? '' : await output(engine, title, real.check)
    if (!said.includes(real.check?.says ?? ''))
      throw new Error(`it said ${JSON.stringify(said.slice(0, 500))}`)
    console.log(`ok      ${what}: built in ${saySeconds(tookMs)}`)
    return true
  } catch (error) {
    if (!isBerthError(error) && !(error instanceof Error)) throw error
    console.log(`FAILED  ${what}: ${error.message}`)
    return false
  }
}

async function makeStandIn(engine: Engine, name: string): Promise<void> {
  if (name === suite || (await engine.images.find(name)) !== undefined) return
  const directory = await mkdtemp(`${home}/stand-in-`)
  await writeFile(`${directory}/Dockerfile`, standInDockerfile(name))
  await build(engine, directory, { names: [name] })
}

type Wanted = { names: string[]; target?: string; arguments?: Readonly<Record<string, string>> }

async function build(engine: Engine, directory: string, given: Wanted): Promise<void> {
  const request: BuildRequest = {
    tree: await directoryTree(directory),
    dockerfilePath: 'Dockerfile',
    target: given.target ?? null,
    arguments: given.arguments ?? {},
    labels: {},
    names: given.names,
    cacheScope: 'real',
    limits,
    authorities,
    noCache: false,
  }
  const show = plainProgress()
  const held: string[] = []
  const sink = (event: StageEvent) => {
    const lines = show(event)
    if (isVerbose) for (const line of lines) console.log(line)
    else held.push(...lines)
  }
  await engine.build(request, sink, never).catch((error: unknown) => {
    for (const line of held.slice(-40)) console.log(`        ${line}`)
    throw error
  })
}

/** What the command prints in a container of the image, once it has ended by itself. */
async function output(
  engine: Engine,
  image: string,
  { entrypoint, command }: NonNullable<RealBuild['check']>,
) {
  const directory = `${home}/logs`
  await mkdir(directory, { recursive: true })
  const { id } = await engine.containers.create({
    name: `check-${Date.now()}`,
    group: 'real',
    labels: {},
    image,
    entrypoint: entrypoint ?? null,
    command,
    env: {},
    user: null,
    workingDirectory: null,
    hostname: null,
    network: 'bridge',
    limits: { memoryBytes: gigabyte, cpuWeight: 100, cpus: null, pids: 200 },
    log: { directory, maxBytes: 1_000_000, maxFiles: 1 },
    init: true,
  })
  await engine.containers.start(id)
  await engine.containers.wait(id)
  const lines: string[] = []
  for await (const line of engine.containers.logs(id, { follow: false, tail: null, since: null }))
    lines.push(line.text)
  await engine.containers.remove(id)
  return lines.join('\n')
}
