import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Command, localRunner, Secret } from '@berth/command'
import { cliError } from '../errors.ts'
import { plain } from '../output.ts'
import { archiveBranch, commitArchive } from './commit-archive.ts'
import { readArchive } from './read-archive.ts'

export type ArchivePush = {
  app: string
  file: string
  /** The app's, over HTTP. */
  remote: string
  branch: string
  token: string
  author: { name: string; email: string }
  tell(line: string): void
}

/**
 * An archive as the next commit of the app's branch, pushed through the same door as any other: the same checks, log and gate,
 * and a history that says what was deployed. The commit is made here, so that the platform unpacks nothing.
 * @throws CLI.BAD_ARCHIVE, CLI.PUSH_REFUSED
 */
export async function pushArchive(push: ArchivePush): Promise<void> {
  const { file, branch } = push
  const repository = await mkdtemp(join(tmpdir(), 'berth-archive-'))
  const git = (...words: string[]) => gitCommand(push, repository, words)
  try {
    await localRunner.run(git('init', '--quiet', '--bare', '--template=', '--object-format=sha1'))
    const parent = await fetchTip(push, git)
    const message = `Deploy ${basename(file)}`
    await commitArchive({ repository, file, files: readArchive(file), message, author: push.author, parent })
    await pushAs(push, git('push', '--', push.remote, `${archiveBranch}:refs/heads/${branch}`))
  } finally {
    await rm(repository, { recursive: true, force: true })
  }
}

type Git = (...words: string[]) => Command

/** What the branch is at, with its commit here to follow; null where there is no such branch yet. */
async function fetchTip({ remote, branch }: ArchivePush, git: Git): Promise<string | null> {
  const ref = `refs/heads/${branch}`
  const { stdout } = await localRunner.run(git('ls-remote', '--', remote, ref), { timeoutMs: 60_000 })
  const tip = /^([0-9a-f]{40})\t/.exec(stdout)?.[1]
  if (tip === undefined) return null
  const words = ['fetch', '--quiet', '--no-tags', '--depth=1', '--', remote, ref]
  await localRunner.run(git(...words), { timeoutMs: 10 * 60_000 })
  return tip
}

async function pushAs({ app, tell }: ArchivePush, command: Command): Promise<void> {
  const pushing = localRunner.start(command, { stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const line of createInterface({ input: pushing.stderr as Readable })) {
    const said = /^remote: ?(.*)$/.exec(line)?.[1]
    // biome-ignore lint/suspicious/noControlCharactersInRegex: git clears the rest of a terminal's line with it.
    if (said !== undefined) tell(plain(said.replace(/\u001b\[K/g, '').trimEnd()))
  }
  if ((await pushing.exited).status !== 0) throw cliError['CLI.PUSH_REFUSED']({ app })
}

/** The token is no word of a command, which others could read. Source: git-config(1), GIT_CONFIG_COUNT. */
function gitCommand({ token, remote }: ArchivePush, repository: string, words: string[]): Command {
  const header = `Authorization: Basic ${Buffer.from(`berth:${token}`).toString('base64')}`
  return {
    argv: ['git', '-c', 'credential.helper=', '-c', 'core.hooksPath=/dev/null', ...words],
    cwd: repository,
    env: {
      GIT_DIR: repository,
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${new URL(remote).origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: new Secret(header),
    },
  }
}
