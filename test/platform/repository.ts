import { type CommandResult, command, localRunner } from '@berth/command'
import { type Signed, writeFiles } from './person.ts'
import { checkout, type Platform } from './start-platform.ts'

/** A working copy with a stock git client: what a person has before them. */
export type Repository = {
  directory: string
  git: (...words: string[]) => Promise<CommandResult>
  /** Writes the files and commits everything. */
  commit: (files: Record<string, string>, message?: string) => Promise<string>
  /** Pushes as this person over SSH. Status 1 is an answer, not a failure of the story. */
  push: (as: Signed, app: string, refspec?: string) => Promise<CommandResult>
  pushHttp: (as: Signed, app: string, refspec?: string) => Promise<CommandResult>
}

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.test',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.test',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

const pushTimeoutMs = 300_000

/** A new repository; `sample` names a directory of test/apps to begin with. */
export async function repository(
  platform: Platform,
  name: string,
  sample: string | null,
): Promise<Repository> {
  const directory = `${platform.directory}/${name}`
  if (sample) await localRunner.run(command('cp', '-R', '--', `${checkout}/test/apps/${sample}`, directory))
  else await localRunner.run(command('mkdir', '--', directory))

  const run = (env: Record<string, string>, words: readonly string[], okStatuses = [0]) =>
    localRunner.run(
      { ...command('git', '-C', directory, ...words), env: { ...identity, ...env } },
      { okStatuses, timeoutMs: pushTimeoutMs },
    )
  const git = (...words: string[]) => run({}, words)

  await git('init', '-q', '-b', 'main')
  if (sample) await commitAll(git, 'The first version')
  return {
    directory,
    git,
    async commit(files, message = 'A change') {
      await writeFiles(directory, files)
      return await commitAll(git, message)
    },
    push: (as, app, refspec = 'main') =>
      run(as.gitEnv, ['push', sshRemote(platform, app), refspec], [0, 1, 128]),
    pushHttp: (as, app, refspec = 'main') =>
      run({ GIT_TERMINAL_PROMPT: '0' }, ['push', httpRemote(platform, as, app), refspec], [0, 1, 128]),
  }
}

async function commitAll(git: Repository['git'], message: string): Promise<string> {
  await git('add', '-A')
  await git('commit', '-q', '--allow-empty', '-m', message)
  return (await git('rev-parse', 'HEAD')).stdout.trim()
}

export function sshRemote(platform: Platform, app: string): string {
  return `ssh://git@127.0.0.1:${platform.settings.sshPort}/${app}.git`
}

function httpRemote(platform: Platform, as: Signed, app: string): string {
  return `http://git:${as.token}@127.0.0.1:${platform.settings.receiverPort}/git/${app}.git`
}
