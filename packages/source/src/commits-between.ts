import { type CommandRunner, localRunner } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { checkedCommit, gitCommand, type Repository } from './git.ts'

/** As lists show it. Author and subject are the pusher's texts, cut. */
export type CommitSummary = { commit: string; author: string; subject: string }

/**
 * The commits that `to` has and `from` has not, newest first, so many at most. Null: the repository does not hold both of
 * them (any more): a push that was rejected leaves nothing behind.
 */
export async function commitsBetween(
  repository: Repository,
  { from, to, most }: { from: string; to: string; most: number },
  runner: CommandRunner = localRunner,
): Promise<CommitSummary[] | null> {
  const range = `${checkedCommit(from)}..${checkedCommit(to)}`
  // Fields and commits alike end with a NUL, which no text of a commit holds.
  const words = [
    'log',
    '-z',
    `--max-count=${most}`,
    '--no-show-signature',
    '--encoding=UTF-8',
    `--format=${format}`,
  ]
  try {
    const { stdout } = await runner.run(gitCommand(repository, [...words, range, '--']), {
      timeoutMs: 30_000,
      maxOutputBytes: most * 4_096,
    })
    return parseSummaries(stdout)
  } catch (error) {
    if (isBerthError(error, 'COMMAND.FAILED')) return null
    throw error
  }
}

/** Cut by git itself: a subject may be as long as a push. */
const format = '%H%x00%<(100,trunc)%an%x00%<(200,trunc)%s'

function parseSummaries(stdout: string): CommitSummary[] {
  const fields = stdout.split('\0')
  const commits: CommitSummary[] = []
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [commit = '', author = '', subject = ''] = fields.slice(at, at + 3)
    commits.push({ commit, author: author.trim(), subject: subject.trim() })
  }
  return commits
}
