import { type Command, type CommandRunner, localRunner, Secret } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { sourceError } from './errors.ts'
import { gitCommand, type Owner, type Repository } from './git.ts'
import { removeRepository } from './repository.ts'
import { type CommitInfo, readPushedCommit } from './revision.ts'

/**
 * One commit of a repository that lies elsewhere, fetched over http(s) into a repository of its own. Whoever asks has looked
 * where the address leads: git is sent there (`resolve`) and nowhere else, follows no redirect and prompts for nothing.
 */
export type FetchRequest = {
  /** Where the new repository is to lie; what is there goes. */
  directory: string
  /** Without user name and password. */
  url: string
  /** A branch, a tag, or a whole commit; null: the default branch. */
  ref: string | null
  /** `example.org:443:203.0.113.7` */
  resolve: string
  account: { username: string; password: string } | null
  /** A file of PEM, in place of the machine's own; null: those. */
  authorities: string | null
  /** For a caller who is root: who fetches, and owns what was fetched. */
  user?: Owner
  signal: AbortSignal
  runner?: CommandRunner
  maxBytes?: number
}

export type FetchedCommit = CommitInfo & { repository: Repository }

const timeoutMs = 10 * 60_000
const fetchedRef = 'refs/berth/fetched'
/** git writes what it fetches into one file. */
const defaultMaxBytes = 2 * 1024 ** 3

/** @throws SOURCE.NOT_FETCHED, or the signal's reason */
export async function fetchCommit(request: FetchRequest): Promise<FetchedCommit> {
  const { directory, user, signal, runner = localRunner } = request
  const repository: Repository = { path: directory, ...(user === undefined ? {} : { user }) }
  await makeEmpty(repository, runner)
  try {
    await runner.run(init(repository), { signal, timeoutMs })
    await runner.run(fetch(repository, request), { signal, timeoutMs })
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${fetchedRef}^{commit}`]
    const { stdout } = await runner.run(gitCommand(repository, words), { signal })
    const commit = stdout.trim()
    const { message, author } = await readPushedCommit(
      { repository, commit, quarantine: null, branch: 'main' },
      runner,
    )
    return { commit, message, author, repository }
  } catch (error) {
    signal.throwIfAborted()
    if (!isBerthError(error, 'COMMAND.FAILED', 'COMMAND.TIMED_OUT', 'COMMAND.KILLED')) throw error
    const reason = lastWords(error.message)
    throw sourceError['SOURCE.NOT_FETCHED']({ url: request.url, reason }, { cause: error })
  }
}

/** As the owner, in whose directory it lies: what root did there, the owner could lead elsewhere. */
async function makeEmpty({ path, user }: Repository, runner: CommandRunner): Promise<void> {
  await removeRepository({ path, user }, runner)
  await runner.run({ argv: ['mkdir', '-m', '700', '--', path], user })
}

function init(repository: Repository): Command {
  return gitCommand(repository, ['init', '--quiet', '--bare', '--template=', '--object-format=sha1'])
}

function fetch(repository: Repository, request: FetchRequest): Command {
  const { url, ref, resolve, authorities, maxBytes = defaultMaxBytes } = request
  const config = [
    'protocol.http.allow=always',
    'protocol.https.allow=always',
    'http.followRedirects=false',
    `http.curloptResolve=${resolve}`,
    'http.lowSpeedLimit=1000',
    'http.lowSpeedTime=60',
    'credential.helper=',
    'transfer.fsckObjects=true',
    'fetch.fsck.zeroPaddedFilemode=ignore',
    'fetch.fsck.missingSpaceBeforeDate=ignore',
    'fetch.fsck.badTimezone=ignore',
    // One pack, whose size is bounded below, instead of any number of files.
    'fetch.unpackLimit=1',
    'submodule.recurse=false',
    'pack.threads=1',
    ...(authorities === null ? [] : [`http.sslCAInfo=${authorities}`]),
  ]
  const words = ['fetch', '--quiet', '--no-tags', '--depth=1', '--no-recurse-submodules']
  const what = [`+${ref ?? 'HEAD'}:${fetchedRef}`]
  const git = gitCommand(repository, [...words, '--no-auto-maintenance', '--', url, ...what], { config })
  return {
    ...git,
    argv: ['prlimit', '--core=0', `--fsize=${maxBytes}`, '--', ...git.argv],
    env: { ...git.env, GIT_ASKPASS: '/bin/false', ...accountEnvironment(request) },
  }
}

/** Not among its words, which every process of the machine can read. Source: git-config(1), GIT_CONFIG_COUNT. */
function accountEnvironment({ account, url }: FetchRequest): Record<string, string | Secret> {
  if (account === null) return {}
  const { username, password } = account
  const header = `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: new Secret(header),
  }
}

/** git's last line says most; its `fatal:` says nothing. */
function lastWords(message: string): string {
  const last = message.trim().split('\n').at(-1) ?? ''
  return last
    .replace(/^.*fatal: /, '')
    .replace(/\.$/, '')
    .slice(0, 300)
}
