/** Ours: builds a case with the engine, and reads what it made the way Docker's is read. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { localRunner, Secret } from '@berth/command'
import {
  type BuildWarning,
  type EventSink,
  isBerthError,
  type SourceTree,
  type StageEvent,
  type TreeEntry,
} from '@berth/domain'
import { type Engine, type Image, openHostEngine } from '@berth/engine'
import { directoryTree } from '@berth/engine/context/directory-tree.ts'
import type { Base } from './bases.ts'
import type { Outcome } from './compare.ts'
import { wordsOfBerth } from './image-words.ts'
import { madeFile } from './made-files.ts'
import type { CaseFile, ConformanceCase } from './read-case.ts'
import { readLayers } from './read-tree.ts'
import type { Warning } from './warnings.ts'
import { needsDirectory, writeContext } from './write-context.ts'

const megabyte = 1024 * 1024
const limits = {
  memoryBytes: 512 * megabyte,
  cpuWeight: 100,
  pids: 500,
  timeoutMs: 120_000,
  diskBytes: 2048 * megabyte,
}

export async function openBerth(home: string, bases: readonly Base[]): Promise<Engine> {
  const engine = await openHostEngine({ home, run: `${home}/run`, commands: localRunner })
  for (const { name, archive } of bases) {
    await writeFile(`${home}/base.tar`, archive)
    await engine.images.importArchive(`${home}/base.tar`, [name])
  }
  return engine
}

export async function buildWithBerth(
  engine: Engine,
  given: ConformanceCase,
  { home, point, sshAgent }: { home: string; point: string; sshAgent: string },
): Promise<Outcome> {
  const warnings: Warning[] = []
  const sink = (event: StageEvent) => {
    if (event.kind === 'warning' && event.rule !== undefined) warnings.push(warningOf(event))
  }
  try {
    const image = await withTree(given, home, (tree) => build(engine, given, { tree, sshAgent, sink }))
    const tree = await readLayers(`${home}/layers`, image.layers, point)
    return { kind: 'built', tree, words: wordsOfBerth(image), warnings }
  } catch (error) {
    if (!isBerthError(error))
      return failed(null, String(error instanceof Error ? error.stack : error), warnings)
    return failed(error.code, error.message, warnings)
  }
}

function failed(code: string | null, message: string, warnings: readonly Warning[]): Outcome {
  const [, line] = /^[^\s:]+:(\d+): /.exec(message) ?? []
  return { kind: 'failed', code, message, line: line === undefined ? null : Number(line), warnings }
}

function warningOf({ rule = '', text, line = 0, endLine }: BuildWarning): Warning {
  return { rule, text, first: line, last: endLine ?? line }
}

async function build(
  engine: Engine,
  given: ConformanceCase,
  { tree, sshAgent, sink }: { tree: SourceTree; sshAgent: string; sink: EventSink },
): Promise<Image> {
  const secrets = Object.entries(given.secrets).map(([id, value]) => [id, new Secret(value)] as const)
  return engine.build(
    {
      tree,
      dockerfilePath: given.dockerfilePath,
      target: given.target,
      arguments: given.arguments,
      labels: {},
      names: [],
      cacheScope: 'conformance',
      limits,
      authorities: null,
      noCache: false,
      secrets: Object.fromEntries(secrets),
      sshAgents: given.ssh ? { default: sshAgent } : {},
    },
    sink,
    new AbortController().signal,
  )
}

/** As after a push; or as `berth engine build` reads a directory. */
async function withTree<Result>(
  given: ConformanceCase,
  home: string,
  work: (tree: SourceTree) => Promise<Result>,
): Promise<Result> {
  if (!needsDirectory(given)) return work(await sourceTree(given.files))
  const directory = await mkdtemp(`${home}/context-`)
  try {
    await writeContext(given, directory)
    return await work(await directoryTree(directory, given.dockerfilePath))
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function sourceTree(files: readonly CaseFile[]): Promise<SourceTree> {
  const contents = new Map<string, Buffer>()
  for (const file of files) contents.set(file.path, await contentOf(file))
  const entries = files.map((file): TreeEntry => {
    const content = contents.get(file.path) as Buffer
    return {
      path: file.path,
      kind: file.kind === 'link' ? 'link' : 'file',
      executable: file.kind === 'file' && file.executable,
      contentId: createHash('sha256').update(content).digest('hex'),
      sizeBytes: content.length,
    }
  })
  entries.sort((one, other) => (one.path < other.path ? -1 : 1))
  return {
    entries: async () => entries,
    async *read(wanted) {
      for (const entry of wanted) yield { entry, content: contents.get(entry.path) as Buffer }
    },
  }
}

function contentOf(file: CaseFile): Buffer | Promise<Buffer> {
  if (file.kind === 'directory') throw new Error('A git tree has no entries for directories')
  if (file.kind === 'link') return Buffer.from(file.target)
  return file.kind === 'made' ? madeFile(file.name) : file.content
}
