import { chown } from 'node:fs/promises'
import { type CommandRunner, commandError } from '@berth/command'
import { BerthError, isBerthError } from '@berth/domain'
import type { IdRange } from '../../filesystem.ts'
import { DiskBudget } from '../disk-budget.ts'
import { watchDisk } from '../disk-watch.ts'
import type { RemoteSource } from '../plan.ts'
import { reachByGit, reachBySsh } from './far-git.ts'
import { resolveSetting } from './find-repository.ts'
import { doorAddress, fetchWords, type GitPlace, gitCommand, initWords, listWords } from './git-commands.ts'
import { openGitDoor } from './git-door.ts'
import { type OpenOptions, openUrl, RemoteProblem, withoutCredentials } from './open-url.ts'
import { checkedAddress } from './public-address.ts'
import { type OtherAddress, repositoryAddress } from './repository-address.ts'
import { knowsHost, openSshPlace } from './ssh-place.ts'

export type GitSource = Pick<RemoteSource & { kind: 'git' }, 'repository' | 'ref' | 'checksum'>

export type GitParts = OpenOptions & {
  commands: CommandRunner
  range: IdRange
  /** The file that `authorities` comes from. */
  authoritiesPath: string | null
  /** A new directory each time, gone when the build is. */
  temporaryDirectory: () => Promise<string>
  /** Done when the repository is needed no more. */
  atEnd: (close: () => Promise<void>) => void
  /** For repositories behind ssh; null: the build was given none. */
  sshAgent: string | null
  knownHosts: string | null
  mostBytes: number
  timeoutMs: number
}

/** Objects of one commit, at least, in a bare repository that belongs to the range. `url`: what its submodules' are relative to. */
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
  const { place, remote, url } = await openPlace(parts, source.repository)
  await run(parts, place, initWords)
  for (const attempt of attempts(remote, source.ref, commit)) {
    const done = await run(parts, place, attempt, [0, 1, 128])
    if (done.status === 0 && (await holds(parts, place, commit))) return { place, commit, url }
  }
  const problem = await place.door?.problem()
  throw new RemoteProblem(problem ?? `it does not hand out the commit ${commit}`)
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

/** `remote`: where git is told to go. */
type OpenedPlace = { place: GitPlace; remote: string; url: string }

async function openPlace(parts: GitParts, repository: string): Promise<OpenedPlace> {
  const address = repositoryAddress(repository)
  if (address.transport === 'web') return openWebPlace(parts, address.url)
  const host = await checkedAddress(address.host, parts.addresses)
  const reach =
    address.transport === 'git'
      ? reachByGit(address, host)
      : reachBySsh(parts.commands, address, await sshPlace(parts, address, host))
  const door = await openGitDoor(reach)
  parts.atEnd(door.close)
  return { place: { ...(await ownPlace(parts)), door }, remote: doorAddress, url: repository }
}

/** @throws SshNeeds */
async function sshPlace(parts: GitParts, address: OtherAddress & { transport: 'ssh' }, host: string) {
  const { sshAgent: agent, knownHosts } = parts
  if (agent === null) throw new SshNeeds('an agent', address.host)
  if (knownHosts === null) throw new SshNeeds('a host key', address.host)
  const place = await openSshPlace({
    directory: await parts.temporaryDirectory(),
    ...{ address: host, agent, knownHosts },
  })
  parts.atEnd(place.close)
  if (!(await knowsHost(parts.commands, place, address))) throw new SshNeeds('a host key', address.host)
  return place
}

/** What a build must be given before ssh is called. */
export class SshNeeds extends Error {
  readonly what: 'an agent' | 'a host key'
  readonly host: string

  constructor(what: SshNeeds['what'], host: string) {
    super(`ssh needs ${what} for ${host}`)
    this.what = what
    this.host = host
  }
}

/** Redirects are followed here, and every host on the way is checked; git itself then goes only where they ended. */
async function openWebPlace(parts: GitParts, repository: string): Promise<OpenedPlace> {
  const suffix = '/info/refs?service=git-upload-pack'
  const base = repository.replace(/\/+$/, '')
  const answer = await openUrl(`${base}${suffix}`, parts)
  answer.body.destroy()
  if (answer.status !== 200 || !answer.url.href.endsWith(suffix)) {
    throw new RemoteProblem(`no repository answers there (status ${answer.status})`)
  }
  const url = answer.url.href.slice(0, -suffix.length)
  return {
    place: { ...(await ownPlace(parts)), resolve: resolveSetting(answer.url, answer.address) },
    remote: url,
    url,
  }
}

async function ownPlace({ range, temporaryDirectory, authoritiesPath }: GitParts): Promise<GitPlace> {
  const directory = await temporaryDirectory()
  const user = { uid: range.start, gid: range.start }
  await chown(directory, user.uid, user.gid)
  return { directory, user, resolve: null, authorities: authoritiesPath, door: null }
}

async function listed(
  parts: GitParts,
  { place, remote }: OpenedPlace,
  ref: string | null,
): Promise<{ commit: string }> {
  await run(parts, place, initWords)
  const { stdout } = await run(parts, place, listWords(remote, ref))
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
    throw gitProblem(error, (await place.door?.problem()) ?? null)
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

/** What is behind a door knows better than git. Messages name addresses, which may hold a password. */
function gitProblem(error: unknown, behindDoor: string | null): unknown {
  if (!isBerthError(error) || !Object.hasOwn(commandError, error.code)) return error
  const said = (behindDoor ?? error.message).replace(/https?:\/\/\S+/g, (url) => withoutCredentials(url))
  return new RemoteProblem(said.replace(/\.$/, ''), {
    cause: error instanceof BerthError ? error : undefined,
  })
}
