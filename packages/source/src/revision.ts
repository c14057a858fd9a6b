import { sourceError } from './errors.ts'
import { checkedCommit, type Owner, type Repository } from './git.ts'
import { simpleGitAt } from './simple.ts'

/** What a commit says of itself, cut to lengths that fit a record. Everything in it is the pusher's text. */
export type CommitInfo = { commit: string; message: string; author: string }

const maxMessage = 2_000
const maxAuthor = 200

/** @throws SOURCE.COMMIT_NOT_FOUND */
export async function readRevision(request: {
  repository: string
  commit: string
  quarantine: string | null
  user?: Owner
}): Promise<CommitInfo> {
  const repository: Repository = { path: request.repository, user: request.user }
  const commit = checkedCommit(request.commit)
  const git = simpleGitAt(repository.path, { repository, quarantine: request.quarantine })
  const raw = await git.raw(['cat-file', 'commit', commit]).catch((cause: Error) => {
    throw sourceError['SOURCE.COMMIT_NOT_FOUND']({ commit }, { cause })
  })
  return { commit, ...parseCommit(raw) }
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
