import { readdir } from 'node:fs/promises'
import { isBerthError, type Settings, type SourceTree } from '@berth/domain'
import { findRepository, repositoryProblem } from '@berth/engine'
import type { RegistryAccount } from '@berth/people'
import {
  type CommitInfo,
  commitTree,
  fetchCommit,
  type Owner,
  removeRepository,
  sourceError,
} from '@berth/source'

export type SourceRequest = {
  buildId: string
  url: string
  ref: string | null
  /** Of the app's team; the one for the repository's host is used. */
  accounts: readonly RegistryAccount[]
  signal: AbortSignal
}

/** A commit from elsewhere, to build from. It is gone when it is closed. */
export type FetchedSource = { info: CommitInfo; tree: SourceTree; close(): Promise<void> }

/**
 * Fetches as the owner of repositories, never as root; in a private network only from hosts that the operator has named
 * (BERTH_PRIVATE_HOSTS). An account is shown to its own host alone, and only where that host asks for one, by
 * https or in a private network.
 * @throws SOURCE.NOT_FETCHED, or the signal's reason
 */
export function fetchSourceFor(given: {
  settings: Pick<Settings, 'privateHosts' | 'buildAuthorities'>
  repositories: string
  user: Owner
}): (request: SourceRequest) => Promise<FetchedSource> {
  const { settings, repositories, user } = given
  const { privateHosts, buildAuthorities } = settings
  return async ({ buildId, url, ref, accounts, signal }) => {
    const directory = `${repositories}/${buildId}.fetched`
    const remove = () => removeRepository({ path: directory, user })
    try {
      const found = await findRepository(url, { privateHosts, authoritiesPath: buildAuthorities, signal })
      const mayAsk = found.url.startsWith('https:') || found.isPrivate
      const account = found.needsAccount && mayAsk ? accountFor(found.url, accounts) : null
      const { repository, ...info } = await fetchCommit({
        ...{ directory, ref, account, user, signal },
        url: found.url,
        resolve: found.resolve,
        authorities: buildAuthorities,
      })
      const tree = commitTree({ repository: repository.path, commit: info.commit, quarantine: null, user })
      return { info, tree, close: remove }
    } catch (error) {
      await remove()
      signal.throwIfAborted()
      const reason = isBerthError(error) ? undefined : repositoryProblem(error)
      throw reason === undefined
        ? error
        : sourceError['SOURCE.NOT_FETCHED']({ url, reason }, { cause: error })
    }
  }
}

/** What a crash left: for when no build runs. */
export async function clearFetched(repositories: string, user: Owner): Promise<void> {
  const names = await readdir(repositories)
  for (const name of names.filter((found) => found.endsWith('.fetched')))
    await removeRepository({ path: `${repositories}/${name}`, user })
}

function accountFor(url: string, accounts: readonly RegistryAccount[]): RegistryAccount | null {
  const { host, hostname } = new URL(url)
  return accounts.find((found) => found.host === host || found.host === hostname) ?? null
}
