import { randomUUID } from 'node:crypto'
import { access, chown, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CommandRunner, localRunner } from '@berth/command'
import { gitCommand, type Repository } from './git.ts'
import { simpleGitAt } from './simple.ts'

/**
 * Bare repositories, one an app. A repository appears complete, by rename: a crash leaves a directory beside it that
 * nobody looks at. Its configuration holds nothing that matters; each call brings its own (see git.ts, receive.ts).
 */

/** `<repositories>/<app id>.git`. The id is the database's, so an app's name never becomes a path. */
export function repositoryPath(repositories: string, appId: string): string {
  if (!/^[0-9a-f-]{36}$/.test(appId)) throw new TypeError(`not an app's id: ${JSON.stringify(appId)}`)
  return join(repositories, `${appId}.git`)
}

/** Makes the repository where there is none. Safe to call by several at once, and again after a crash. */
export async function ensureRepository(repository: Repository): Promise<Repository> {
  if (await exists(join(repository.path, 'HEAD'))) return repository
  const unfinished = `${repository.path}.${randomUUID()}.new`
  try {
    await makeDirectory(unfinished, repository)
    await initialise({ ...repository, path: unfinished })
    await putInPlace(unfinished, repository.path)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return repository
}

/** As its owner: what root removed there, the owner could lead elsewhere between two looks. */
export async function removeRepository(
  { path, user }: Pick<Repository, 'path' | 'user'>,
  runner: CommandRunner = localRunner,
): Promise<void> {
  await runner.run({ argv: ['rm', '-rf', '--', path], user }, { timeoutMs: removalTimeoutMs })
}

/** What a clone checks out. `branch` was checked by git when it was pushed; it stands behind `refs/heads/`. */
export async function setDefaultBranch(repository: Repository, branch: string): Promise<void> {
  await simpleGitAt(repository).raw(['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
}

const removalTimeoutMs = 10 * 60_000
const maintenanceTimeoutMs = 10 * 60_000

/** Packs what has gathered, if it is enough to be worth it. For after a push, when nobody waits. */
export async function maintainRepository(
  repository: Repository,
  options: { signal?: AbortSignal; runner?: CommandRunner } = {},
): Promise<void> {
  const config = ['gc.auto=2000', 'gc.autoPackLimit=20', 'gc.autoDetach=false', 'pack.threads=1']
  await (options.runner ?? localRunner).run(gitCommand(repository, ['gc', '--auto', '--quiet'], { config }), {
    timeoutMs: maintenanceTimeoutMs,
    signal: options.signal,
  })
}

async function makeDirectory(path: string, { user }: Repository): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(path, { mode: 0o750 })
  if (user !== undefined) await chown(path, user.uid, user.gid)
}

async function initialise(repository: Repository): Promise<void> {
  await simpleGitAt(repository).init(true, ['--template=', '--initial-branch=main', '--object-format=sha1'])
}

/** Another may have been quicker: then its repository is as good as ours. */
async function putInPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
