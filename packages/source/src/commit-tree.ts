import { access } from 'node:fs/promises'
import { type CommandRunner, localRunner } from '@berth/command'
import { isBerthError, type SourceTree, type TreeEntry } from '@berth/domain'
import { sourceError } from './errors.ts'
import { checkedCommit, gitCommand, type Owner, type Repository } from './git.ts'
import { refusePointers } from './lfs.ts'
import { parseTree, type TreeLimits, treeLimits } from './parse-tree.ts'
import { readObjects } from './read-objects.ts'

/**
 * The tree of a commit, as a build reads it. With `quarantine`, the commit may belong to a push that git has not
 * accepted yet. An entry of more than 8 MiB is read in several pieces, one after the other; any other in one.
 */
export type CommitTreeRequest = {
  /** The bare repository's path. */
  repository: string
  /** 40 hex digits. */
  commit: string
  quarantine: string | null
  /** The repository's owner, for a caller who is root. */
  user?: Owner
  limits?: TreeLimits
  runner?: CommandRunner
}

const listingTimeoutMs = 60_000
const maxListingBytes = 64 * 1024 * 1024

/**
 * Nothing is read before `entries` is called, which lists once and remembers.
 * @throws (from `entries`) SOURCE.SUBMODULE, SOURCE.LFS_POINTER, SOURCE.BAD_PATH, SOURCE.TOO_MANY_FILES,
 * SOURCE.TOO_LARGE, SOURCE.COMMIT_NOT_FOUND, SOURCE.PUSH_GONE; (from `read`) SOURCE.READ_FAILED
 */
export function commitTree(request: CommitTreeRequest): SourceTree {
  const { quarantine, runner = localRunner } = request
  const repository: Repository = { path: request.repository, user: request.user }
  const commit = checkedCommit(request.commit)
  const catFile = gitCommand(repository, ['cat-file', '--batch', '--buffer'], { quarantine })
  const listing: Listing = { repository, commit, quarantine, runner, limits: request.limits ?? treeLimits }
  let listed: Promise<readonly TreeEntry[]> | undefined
  let named: Promise<string> | undefined

  async function* read(entries: readonly TreeEntry[]) {
    const ids = entries.map((entry) => entry.contentId)
    for await (const { index, content } of readObjects(runner, catFile, ids)) {
      yield { entry: entries[index] as TreeEntry, content }
    }
  }

  async function list(): Promise<readonly TreeEntry[]> {
    const entries = await lsTree(listing)
    await refusePointers({ entries: async () => entries, read }, entries)
    return entries
  }

  return {
    id: () => {
      named ??= treeId(listing)
      return named
    },
    entries: () => {
      listed ??= list()
      return listed
    },
    read,
  }
}

type Listing = {
  repository: Repository
  commit: string
  quarantine: string | null
  runner: CommandRunner
  limits: TreeLimits
}

async function lsTree(given: Listing): Promise<TreeEntry[]> {
  const { repository, commit, quarantine, runner, limits } = given
  try {
    const { stdoutBytes } = await runner.run(
      gitCommand(repository, ['ls-tree', '-r', '-z', '-l', '--full-tree', commit], { quarantine }),
      { timeoutMs: listingTimeoutMs, maxOutputBytes: maxListingBytes },
    )
    return parseTree(stdoutBytes, limits)
  } catch (error) {
    if (isBerthError(error, 'COMMAND.TOO_MUCH_OUTPUT')) {
      throw sourceError['SOURCE.TOO_MANY_FILES']({ limit: limits.entries }, { cause: error })
    }
    if (isBerthError(error, 'COMMAND.FAILED')) throw await whyUnreadable(given, error)
    throw error
  }
}

/** git's id of the root tree, with the limits within which it counts as readable. */
async function treeId(given: Listing): Promise<string> {
  const { repository, commit, quarantine, runner, limits } = given
  try {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`]
    const { stdout } = await runner.run(gitCommand(repository, words, { quarantine }), {
      timeoutMs: listingTimeoutMs,
    })
    return `git-tree ${stdout.trim()} ${limits.entries} ${limits.totalBytes}`
  } catch (error) {
    throw isBerthError(error, 'COMMAND.FAILED') ? await whyUnreadable(given, error) : error
  }
}

async function whyUnreadable({ repository, commit, quarantine, runner }: Listing, cause: Error) {
  if (quarantine !== null && !(await isThere(quarantine))) {
    return sourceError['SOURCE.PUSH_GONE'](undefined, { cause })
  }
  const known = await runner.run(gitCommand(repository, ['cat-file', '-e', commit], { quarantine }), {
    okStatuses: [0, 1, 128],
  })
  return known.status === 0
    ? sourceError['SOURCE.READ_FAILED']({ what: commit }, { cause })
    : sourceError['SOURCE.COMMIT_NOT_FOUND']({ commit }, { cause })
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
