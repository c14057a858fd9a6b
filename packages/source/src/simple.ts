import { type SimpleGit, simpleGit } from 'simple-git'
import { gitEnvironment, type Repository } from './git.ts'

const timeoutMs = 30_000
const defaultPath = '/usr/local/bin:/usr/bin:/bin'
const config = ['core.hooksPath=/dev/null', 'protocol.allow=never']

/** simple-git under the same rules as `gitCommand`, for the calls whose answer is small. */
export function simpleGitAt(repository: Repository): SimpleGit {
  const env = { ...gitEnvironment, GIT_DIR: repository.path }
  return simpleGit({
    baseDir: repository.path,
    maxConcurrentProcesses: 2,
    timeout: { block: timeoutMs, stdErr: false, stdOut: false },
    allowEnvironment: Object.keys(env),
    // Named unsafe because a user's value in them would be; these are constants that shut things off.
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeTemplateDir: true,
    },
    config,
    ...(repository.user === undefined ? {} : { spawnOptions: repository.user }),
  }).env({ ...env, PATH: process.env.PATH ?? defaultPath, LANG: 'C.UTF-8' })
}
