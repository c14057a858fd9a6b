import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { isBerthError, tell } from '@berth/domain'
import type { Place } from '../../dockerfile/source-text.ts'
import { reached } from '../../system/failure-points.ts'
import { saysNoSpace } from '../../system/is-disk-full.ts'
import { buildError } from '../errors.ts'
import type { RemoteSource } from '../plan.ts'
import type { StepContext, StepOf } from '../step-context.ts'
import { ChecksumMismatch, type Download, TooLarge } from './downloads.ts'
import {
  type FetchedRepository,
  fetchRepository,
  type GitParts,
  resolveCommit,
  SshNeeds,
} from './fetch-repository.ts'
import { type OpenOptions, RemoteProblem, withoutCredentials } from './open-url.ts'
import { AddressRefused } from './public-address.ts'
import { type RepositoryTree, repositoryTree } from './repository-tree.ts'

/** What ADD takes from elsewhere. What is asked for twice in a build is asked once. */

type Url = RemoteSource & { kind: 'url' }
type Git = RemoteSource & { kind: 'git' }
type Asked = { context: StepContext; step: StepOf<'copy'> }

/** Equal as long as it would give the same: part of the step's key. With a checksum nobody is asked. */
export async function identifyRemote(asked: Asked, source: RemoteSource): Promise<string> {
  if (source.kind === 'git') return commitOf(asked, source)
  if (source.checksum !== null) return source.checksum
  const { digest, modifiedAt } = await download(asked, source)
  return `${digest} ${modifiedAt.getTime()}`
}

/** @throws BUILD.REMOTE_FAILED, BUILD.REMOTE_REFUSED, BUILD.CHECKSUM_MISMATCH, BUILD.OVER_DISK_LIMIT */
export function download({ context, step }: Asked, source: Url): Promise<Download> {
  const { request, disk, sink } = context
  return once(context, ['url', source.url, source.checksum], () =>
    inWords({ context, place: step.place, what: source.url, checksum: source.checksum }, async () =>
      context.downloads.fetch(
        { scope: request.cacheScope, url: source.url, checksum: source.checksum },
        {
          ...(await openOptions(context)),
          mostBytes: disk.bytesLeft,
          temporaryDirectory: context.fileSystems.temporaryDirectory,
          onProgress: (doneBytes, ofBytes) =>
            tell(sink, {
              kind: 'progress',
              step: step.id,
              what: withoutCredentials(source.url),
              doneBytes,
              ofBytes,
            }),
        },
      ),
    ),
  )
}

function commitOf({ context, step }: Asked, source: Git): Promise<string> {
  const what = source.repository
  return once(context, ['git', what, source.ref, source.checksum], () =>
    inWords({ context, place: step.place, what, checksum: source.checksum }, () =>
      withGit(context, (parts) => resolveCommit(parts, source)),
    ),
  )
}

/** Lets `use` read the files of a repository; it is gone afterwards. */
export async function withRepository<Result>(
  asked: Asked,
  source: Git,
  use: (tree: RepositoryTree, repository: FetchedRepository, parts: GitParts) => Promise<Result>,
): Promise<Result> {
  const { context, step } = asked
  const commit = await commitOf(asked, source)
  return withGit(context, async (parts) => {
    const told = { context, place: step.place, what: source.repository, checksum: source.checksum }
    const fetched = await inWords(told, () => fetchRepository(parts, source, commit))
    reached('repository fetched')
    const tree = await inWords(told, () => repositoryTree(parts, fetched, source))
    return inWords(told, () => use(tree, fetched, parts))
  })
}

async function withGit<Result>(context: StepContext, work: (parts: GitParts) => Promise<Result>) {
  const agents = context.request.sshAgents ?? {}
  const directories: string[] = []
  const closings: (() => Promise<void>)[] = []
  try {
    const parts: GitParts = {
      ...(await openOptions(context)),
      commands: context.commands,
      range: context.range,
      authoritiesPath: context.request.authorities,
      temporaryDirectory: async () => {
        const directory = await context.fileSystems.temporaryDirectory()
        directories.push(directory)
        return directory
      },
      atEnd: (close) => void closings.push(close),
      sshAgent: agents.default ?? null,
      knownHosts: context.request.sshKnownHosts ?? null,
      mostBytes: context.disk.bytesLeft,
      timeoutMs: Math.max(1, context.deadline - Date.now()),
    }
    return await work(parts)
  } finally {
    for (const close of closings.reverse()) await close()
    for (const directory of directories) await rm(directory, { recursive: true, force: true })
  }
}

async function openOptions({ request, signal }: StepContext): Promise<OpenOptions> {
  const authorities = request.authorities === null ? null : await readFile(request.authorities, 'utf8')
  return { addresses: request.remoteAddresses ?? 'public', authorities, signal }
}

/** One build is one moment: what two steps ask for, or the key and then the step, is the same. */
const answers = new WeakMap<StepContext['disk'], Map<string, Promise<unknown>>>()

function once<Result>(
  context: StepContext,
  key: readonly unknown[],
  work: () => Promise<Result>,
): Promise<Result> {
  const known = answers.get(context.disk) ?? new Map<string, Promise<unknown>>()
  answers.set(context.disk, known)
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex')
  const answer = known.get(name) ?? work()
  known.set(name, answer)
  return answer as Promise<Result>
}

type Told = { context: StepContext; place: Place; what: string; checksum: string | null }

async function inWords<Result>(told: Told, work: () => Promise<Result>) {
  try {
    return await work()
  } catch (error) {
    told.context.signal.throwIfAborted()
    throw isBerthError(error) ? error : errorInWords(error, told)
  }
}

function errorInWords(error: unknown, { context, place, what, checksum }: Told): unknown {
  const url = withoutCredentials(what)
  const cause = { cause: error }
  if (error instanceof TooLarge)
    return buildError['BUILD.OVER_DISK_LIMIT']({ place, limitBytes: context.disk.limitBytes }, cause)
  if (error instanceof AddressRefused)
    return buildError['BUILD.REMOTE_REFUSED']({ place, url, problem: error.message }, cause)
  if (error instanceof SshNeeds) return sshError(error, place)
  if (error instanceof ChecksumMismatch)
    return buildError['BUILD.CHECKSUM_MISMATCH'](
      { place, url, expected: checksum ?? '', found: error.found },
      cause,
    )
  const { code, message } = error as NodeJS.ErrnoException
  if (!(error instanceof RemoteProblem) && (code === undefined || isOfDisk(error))) return error
  return buildError['BUILD.REMOTE_FAILED']({ place, url, problem: message }, cause)
}

/** As with BuildKit: what an address of ssh uses is the agent that `RUN --mount=type=ssh` has without an id. */
function sshError({ what, host }: SshNeeds, place: Place): Error {
  return what === 'an agent'
    ? buildError['BUILD.SECRET_MISSING']({ place, what: 'SSH agent', id: 'default' })
    : buildError['BUILD.HOST_KEY_UNKNOWN']({ place, host })
}

/** What went wrong here, and not with who was asked. */
function isOfDisk(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).path !== undefined || saysNoSpace(error)
}
