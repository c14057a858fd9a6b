import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, localRunner } from '@berth/command'
import { isBerthError, type SourceTree, type StageEvent, type TreeEntry } from '@berth/domain'
import { openBuildCache } from '../build/build-cache.ts'
import { type BuilderParts, createBuilder, stepContext } from '../build/build-image.ts'
import { carryOut } from '../build/carry-out.ts'
import { openCacheMounts } from '../build/mounts/cache-mounts.ts'
import type { Origin, RunAction, StepAction } from '../build/plan.ts'
import { openDownloads } from '../build/remote/downloads.ts'
import { openGroupRecords, rangeOf } from '../container/group-records.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import { runcSandbox } from '../drivers/runc-sandbox.ts'
import type { BuildRequest, Image } from '../engine.ts'
import { openNetworks } from '../network/networks.ts'
import { openHostParts } from '../sandbox/host-parts.ts'
import { emptyImageConfig } from '../store/image-config.ts'
import { type ImageStore, type ImageStoreOptions, openImageStore } from '../store/image-store.ts'
import { makeBusyboxRoot } from './busybox-root.ts'

/** What a test of builds needs: a home with the image `busybox`, and ways to build in it and to look at what came out. */
export type BuildHome = {
  home: string
  parts: BuilderParts
  fileSystems: OverlayFileSystems
  images: ImageStore
  build(files: Files, over?: Partial<BuildRequest>, signal?: AbortSignal): Promise<Built>
  /** Carries hand-made steps out, each on the one before it, and the first on `busybox`. */
  carry(actions: readonly StepAction[], over?: Partial<BuildRequest>, signal?: AbortSignal): Promise<Carried>
  /** Lets `look` see the files of an image. */
  inside<Result>(image: Image, look: (root: string) => Promise<Result>): Promise<Result>
  read(image: Image, path: string): Promise<string>
  /** `755 0:0` */
  stat(image: Image, path: string): Promise<string>
  /** Roots that are still mounted: nothing of a build may stay. */
  leftovers(): Promise<string[]>
  remove(): Promise<void>
}

/** `name*` is executable, `name -> target` a link. */
export type Files = Record<string, string | Buffer>

export type Built = { image: Image; events: StageEvent[]; steps: string[]; lines: string[] }

export type Carried = Omit<Built, 'image'> & { layers: readonly string[] }

const megabyte = 1024 * 1024

export const testLimits = {
  memoryBytes: 64 * megabyte,
  cpuWeight: 50,
  pids: 100,
  timeoutMs: 60_000,
  diskBytes: 512 * megabyte,
}

export async function makeBuildHome({
  registries = null,
}: Pick<ImageStoreOptions, 'registries'> = {}): Promise<BuildHome> {
  const home = await mkdtemp(join(tmpdir(), 'berth-build-'))
  const options = { home, run: `${home}/run`, commands: localRunner }
  const host = openHostParts(options)
  const fileSystems = await openOverlayFileSystems(options)
  const images = await openImageStore({ home, fileSystems, commands: localRunner, registries })
  await makeBaseImage(home, images)
  const groups = await openGroupRecords(host.places.groups, process.pid)
  const group = () => groups.ensure('build', () => new Set())
  const networks = await openNetworks({ commands: localRunner, places: host.places, groups })
  const range = rangeOf(await group())
  const sandbox = runcSandbox(host, async () => networks, group)
  const cache = await openBuildCache(home)
  const cacheMounts = await openCacheMounts(home, localRunner)
  const downloads = await openDownloads(home)
  const shared = { commands: localRunner, cache, cacheMounts, downloads, range }
  const parts: BuilderParts = { ...shared, fileSystems, sandbox, images }

  async function inside<Result>(image: Image, look: (root: string) => Promise<Result>): Promise<Result> {
    const directory = await fileSystems.temporaryDirectory()
    const mount = await fileSystems.mount({ layers: image.layers, directory, range: null, readOnly: true })
    try {
      return await look(mount.root)
    } finally {
      mount.unmount()
      await rm(directory, { recursive: true })
    }
  }

  return {
    home,
    parts,
    fileSystems,
    images,
    build: (files, over, signal) => buildIn(parts, requestOf(files, over), signal),
    carry: (actions, over, signal) => carryIn(parts, actions, { request: requestOf({}, over), signal }),
    inside,
    read: (image, path) => inside(image, (root) => readFile(`${root}${path}`, 'utf8')),
    async stat(image, path) {
      const { mode, uid, gid } = await inside(image, (root) => lstat(`${root}${path}`))
      return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
    },
    async leftovers() {
      const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
      return mounts.filter((line) => line.includes(`${home}/scratch`))
    },
    async remove() {
      await networks.destroy()
      await host.cgroups.remove(host.places.cgroupParent)
      await fileSystems.close()
      await rm(home, { recursive: true })
    },
  }
}

async function makeBaseImage(home: string, images: ImageStore): Promise<void> {
  const root = `${home}/busybox`
  await mkdir(root)
  await makeBusyboxRoot(root)
  await mkdir(`${root}/usr/share`, { recursive: true })
  await localRunner.run(command('ln', '-s', '/etc', `${root}/usr/share/absolute`))
  await localRunner.run(command('tar', '-cf', `${home}/busybox.tar`, '-C', root, '.'))
  await images.importRootfs(`${home}/busybox.tar`, 'busybox')
  await rm(root, { recursive: true })
}

async function buildIn(parts: BuilderParts, request: BuildRequest, signal?: AbortSignal): Promise<Built> {
  const events: StageEvent[] = []
  const build = createBuilder(parts)
  const image = await build(request, (event) => events.push(event), signal ?? new AbortController().signal)
  return { image, events, steps: stepsOf(events), lines: linesOf(events) }
}

async function carryIn(
  parts: BuilderParts,
  actions: readonly StepAction[],
  given: { request: BuildRequest; signal: AbortSignal | undefined },
): Promise<Carried> {
  const events: StageEvent[] = []
  const { layers: base } = await parts.images.get('busybox')
  const place = { source: { path: 'Dockerfile', lines: ['FROM busybox'] }, line: 1, endLine: 1 }
  const steps = actions.map((action, index) => ({
    id: String(index),
    title: `[${index}] ${action.kind}`,
    place,
    parent: index === 0 ? imageOrigin(base) : { kind: 'step' as const, id: String(index - 1) },
    inputs: [],
    action,
    definitionKey: createHash('sha256').update(JSON.stringify(action)).digest('hex'),
  }))
  const result = { kind: 'step' as const, id: String(steps.length - 1) }
  const nothing = { bases: [], history: [], sourceDate: null, warnings: [], unaskedArguments: [] }
  const rest = { ...nothing, result, config: emptyImageConfig() }
  const context = stepContext(parts, given.request, {
    sink: (event) => void events.push(event),
    signal: given.signal ?? new AbortController().signal,
    deadline: Date.now() + given.request.limits.timeoutMs,
    sourceDate: given.request.sourceDate ?? null,
  })
  const { layers } = await carryOut({ steps, ...rest }, context)
  return { layers, events, steps: stepsOf(events), lines: linesOf(events) }
}

function imageOrigin(layers: readonly string[]): Origin {
  return { kind: 'image', reference: 'busybox', layers }
}

/** `sh -c script`, as a step. */
export function shellAction(script: string, over: Partial<RunAction> = {}): RunAction {
  return {
    kind: 'run',
    argv: ['/bin/sh', '-c', script],
    env: {},
    unkeyedEnv: {},
    workingDirectory: '/',
    user: '',
    network: 'none',
    script: null,
    command: script,
    mounts: [],
    ...over,
  }
}

export function stepsOf(events: readonly StageEvent[]): string[] {
  const outcomes = new Map(
    events.flatMap((event) => (event.kind === 'step-finished' ? [[event.step, event.outcome]] : [])),
  )
  return events.flatMap((event) =>
    event.kind === 'step-started' ? [`${event.title}: ${outcomes.get(event.step)}`] : [],
  )
}

export function linesOf(events: readonly StageEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'line' ? [event.text] : []))
}

export function requestOf(files: Files, over: Partial<BuildRequest> = {}): BuildRequest {
  return {
    tree: treeOf(files),
    dockerfilePath: 'Dockerfile',
    target: null,
    arguments: {},
    labels: {},
    names: [],
    cacheScope: 'test',
    limits: testLimits,
    authorities: null,
    noCache: false,
    ...over,
  }
}

export function treeOf(files: Files): SourceTree {
  const contents = new Map<string, Buffer>()
  const entries = Object.entries(files).map(([given, content]): TreeEntry => {
    const [path = '', target] = given.replace(/\*$/, '').split(' -> ')
    const bytes = Buffer.from(target ?? content)
    contents.set(path, bytes)
    return {
      path,
      kind: target === undefined ? 'file' : 'link',
      executable: given.endsWith('*'),
      contentId: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    }
  })
  return {
    entries: async () => entries.sort((one, other) => (one.path < other.path ? -1 : 1)),
    async *read(wanted) {
      for (const entry of wanted) {
        const bytes = contents.get(entry.path) ?? Buffer.alloc(0)
        yield { entry, content: bytes.subarray(0, 3) }
        if (bytes.length > 3) yield { entry, content: bytes.subarray(3) }
      }
    },
  }
}

export const dockerfile = (...lines: string[]) => lines.join('\n')

/** The error with which the work was refused. */
export async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isBerthError(error)) throw error ?? new Error('nothing was refused')
  return error
}
