import { type CommandRunner, localRunner } from '@berth/command'
import { sourceError } from './errors.ts'
import { checkedCommit, gitCommand, type Repository } from './git.ts'

/** What a commit says of itself, cut to lengths that fit a record. Everything in it is the pusher's text. */
export type CommitInfo = { commit: string; message: string; author: string }

const maxMessage = 2_000
const maxAuthor = 200

export type PushedCommit = CommitInfo & {
  /** Where the branch stands now, before the push moves it; null where there is none. */
  branchCommit: string | null
}

/** More than any commit that a person or a program means well; what one says is cut anyway. */
const maxCommitsBytes = 16 * 1024 * 1024

/**
 * Both in one call of git, because a push waits for it: what the pushed commit says, and where `branch` stands, whose name
 * holds no white space. @throws SOURCE.COMMIT_NOT_FOUND
 */
export async function readPushedCommit(
  request: { repository: Repository; commit: string; quarantine: string | null; branch: string },
  runner: CommandRunner = localRunner,
): Promise<PushedCommit> {
  const commit = checkedCommit(request.commit)
  const catFile = gitCommand(request.repository, ['cat-file', '--batch'], { quarantine: request.quarantine })
  const asked = [commit, `refs/heads/${request.branch}`].map((name) => `${name}^{commit}\n`).join('')
  const notFound = (cause?: unknown) => sourceError['SOURCE.COMMIT_NOT_FOUND']({ commit }, { cause })
  const { stdoutBytes } = await runner
    .run(catFile, { input: asked, timeoutMs: 30_000, maxOutputBytes: maxCommitsBytes })
    .catch((cause: unknown) => {
      throw notFound(cause)
    })
  const pushed = takeCommit(Buffer.from(stdoutBytes))
  if (pushed.id === null) throw notFound()
  return { commit, ...parseCommit(pushed.raw), branchCommit: takeCommit(pushed.rest).id }
}

/** `<id> commit <size>`, a line end, the object and a line end; or one line that ends with `missing`. */
function takeCommit(answers: Buffer): { id: string | null; raw: string; rest: Buffer } {
  const end = answers.indexOf(10)
  const words = /^([0-9a-f]{40}) commit (\d+)$/.exec(answers.toString('utf8', 0, Math.max(0, end)))
  if (words === null) return { id: null, raw: '', rest: answers.subarray(end + 1) }
  const start = end + 1
  const stop = start + Number(words[2])
  return {
    id: words[1] as string,
    raw: answers.toString('utf8', start, stop),
    rest: answers.subarray(stop + 1),
  }
}

/**
 * A commit object: header lines, an empty line, the message. (`git log` would walk to the parents, which a shallow
 * push does not bring.) The author line reads `author Name <email> seconds zone`.
 */
export function parseCommit(raw: string): Omit<CommitInfo, 'commit'> {
  const end = raw.indexOf('\n\n')
  const headers = end === -1 ? raw : raw.slice(0, end)
  const message = end === -1 ? '' : raw.slice(end + 2)
  const author = /^author (.*?) ?<[^>\n]*> \d+ [+-]\d{4}$/m.exec(headers)?.[1] ?? ''
  return { message: cut(message.trim(), maxMessage), author: cut(author.trim(), maxAuthor) }
}

function cut(text: string, limit: number): string {
  const clean = text.replaceAll('\0', '').toWellFormed()
  return clean.length > limit ? `${clean.slice(0, limit - 1).toWellFormed()}…` : clean
}
