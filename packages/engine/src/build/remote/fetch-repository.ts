import { chown } from 'node:fs/promises'
import { type CommandRunner, commandError } from '@berth/command'
import { BerthError, isBerthError } from '@berth/domain'
import type { IdRange } from '../../filesystem.ts'
import { DiskBudget } from '../disk-budget.ts'
import { watchDisk } from '../disk-watch.ts'
import type { RemoteSource } from '../plan.ts'
import { fetchWords, type GitPlace, gitCommand, initWords, listWords } from './git-commands.ts'
import { type OpenOptions, openUrl, RemoteProblem, withoutCredentials } from './open-url.ts'

export type GitSource = Pick<RemoteSource & { kind: 'git' }, 'repository' | 'ref' | 'checksum'>

export type GitParts = OpenOptions & {
  commands: CommandRunner
  range: IdRange
  /** The file that `authorities` comes from. */
  authoritiesPath: string | null
  /** A new directory each time, gone when the build is. */
  temporaryDirectory: () => Promise<string>
  mostBytes: number
  timeoutMs: number
}

/** Objects of one commit, at least, in a bare repository that belongs to the range. */
export type FetchedRepository = { place: GitPlace; commit: string; url: string }

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/**
 * The commit that a branch, a tag or nothing means now. A commit means itself, and nobody is asked.
 * @throws RemoteProblem, AddressRefused
 */
export async function resolveCommit(parts: GitParts, source: GitSource): Promise<string> {
  const { checksum } = source
  if (checksum !== null && commitPattern.test(checksum) && source.ref === null) return checksum
  const commit =
    source.ref !== null && commitPattern.test(source.ref)
      ? source.ref
      : (await listed(parts, await openPlace(parts, source.repository), source.ref)).commit
  if (checksum === null || commit.startsWith(checksum)) return commit
  throw new RemoteProblem(`${source.ref ?? 'its default branch'} is ${commit}, not ${checksum}`)
}

/** @throws RemoteProblem, AddressRefused */
export async function fetchRepository(
  parts: GitParts,
  source: GitSource,
  commit: string,
): Promise<FetchedRepository> {
  const { place, url } = await openPlace(parts, source.repository)
  await run(parts, place, initWords)
  for (const attempt of attempts(url, source.ref, commit)) {
    const done = await run(parts, place, attempt, [0, 1, 128])
    if (done.status === 0 && (await holds(parts, place, commit))) return { place, commit, url }
  }
  throw new RemoteProblem(`it does not hand out the commit ${commit}`)
}

/** Servers differ in what they let be asked for: by commit is exact and small, everything is what always works. */
function attempts(url: string, ref: string | null, commit: string): string[][] {
  const named = ref === null || commitPattern.test(ref) ? ['HEAD'] : [ref]
  return [
    fetchWords(url, [commit], true),
    fetchWords(url, named, true),
    fetchWords(url, ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'], false),
  ]
}

async function holds(parts: GitParts, place: GitPlace, commit: string): Promise<boolean> {
  const words = ['cat-file', '-e', `${commit}^{commit}`]
  return (await run(parts, place, words, [0, 1, 128])).status === 0
}

/** Redirects are followed here, and every host on the way is checked; git itself then goes only where they ended. */
async function openPlace(parts: GitParts, repository: string): Promise<{ place: GitPlace; url: string }> {
  const suffix = '/info/refs?service=git-upload-pack'
  const base = repository.replace(/\/+$/, '')
  if (!/^https?:\/\//i.test(base)) throw new RemoteProblem('repositories are fetched by http and https only')
  const answer = await openUrl(`${base}${suffix}`, parts)
  answer.body.destroy()
  if (answer.status !== 200 || !answer.url.href.endsWith(suffix)) {
    throw new RemoteProblem(`no repository answers there (status ${answer.status})`)
  }
  const { range } = parts
  const directory = await parts.temporaryDirectory()
  await chown(directory, range.start, range.start)
  const user = { uid: range.start, gid: range.start }
  const place = { directory, user, resolve: resolveSetting(answer), authorities: parts.authoritiesPath }
  return { place, url: answer.url.href.slice(0, -suffix.length) }
}

function resolveSetting({ url, address }: { url: URL; address: string }): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const plain = address.replace(/^::ffff:/, '')
  return `${url.hostname}:${port}:${plain.includes(':') ? `[${plain}]` : plain}`
}

async function listed(
  parts: GitParts,
  { place, url }: { place: GitPlace; url: string },
  ref: string | null,
): Promise<{ commit: string }> {
  await run(parts, place, initWords)
  const { stdout } = await run(parts, place, listWords(url, ref))
  const refs = new Map(
    stdout.split('\n').flatMap((line) => {
      const [id = '', name] = line.split('\t')
      return name !== undefined && commitPattern.test(id) ? [[name, id] as const] : []
    }),
  )
  const names =
    ref === null
      ? ['HEAD']
      : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, `${ref}^{}`, ref]
  const commit = names.map((name) => refs.get(name)).find((found) => found !== undefined)
  if (commit === undefined) throw new RemoteProblem(`it has no ${ref ?? 'default branch'}`)
  return { commit }
}

/** Bounded in time and on the disk. @throws RemoteProblem with git's own last words */
export async function run(
  parts: GitParts,
  place: GitPlace,
  words: readonly string[],
  okStatuses: readonly number[] = [0],
) {
  const ended = new AbortController()
  const tooMuch = new AbortController()
  const { limits: left } = new DiskBudget({ diskBytes: parts.mostBytes })
  const watching = watchDisk(
    { directories: [place.directory], left: () => left, seen: () => undefined },
    ended.signal,
  ).then((verdict) => verdict && tooMuch.abort(new RemoteProblem(diskWords[verdict])))
  try {
    return await parts.commands.run(gitCommand(place, parts.mostBytes, ...words), {
      signal: AbortSignal.any([parts.signal, tooMuch.signal]),
      timeoutMs: parts.timeoutMs,
      okStatuses,
    })
  } catch (error) {
    throw gitProblem(error)
  } finally {
    ended.abort()
    await watching
  }
}

const diskWords = {
  'too many bytes': 'it is larger than the build may be',
  'too many files': 'it has more files than the build may have',
  'disk full': "the machine's disk is full",
}

/** git's messages name addresses, which may hold a password. */
function gitProblem(error: unknown): unknown {
  if (!isBerthError(error) || !Object.hasOwn(commandError, error.code)) return error
  const said = error.message.replace(/https?:\/\/\S+/g, (url) => withoutCredentials(url))
  return new RemoteProblem(said.replace(/\.$/, ''), {
    cause: error instanceof BerthError ? error : undefined,
  })
}
