import { dirname, join, normalize } from 'node:path'
import type { Command } from '@berth/command'
import { sourceError } from './errors.ts'

/**
 * How git is called here. Repositories are written by strangers' pushes, so nothing but these words decides what git
 * does: no configuration of the system or of a user is read, no hook runs unless one call asks for it, nothing prompts,
 * nothing is fetched. The process runs as the repository's owner; `safe.directory` is never widened.
 */

export type Owner = { uid: number; gid: number }

/** A repository, and as whom to touch it: `user` is for a caller who is root. */
export type Repository = { path: string; user?: Owner }

export type GitCall = {
  config?: readonly string[]
  /** Where the objects of a push lie that git has not accepted yet; checked to lie inside the repository. */
  quarantine?: string | null
  env?: Readonly<Record<string, string>>
}

const always = ['core.hooksPath=/dev/null', 'gc.auto=0', 'maintenance.auto=false', 'protocol.allow=never']

export const gitEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  HOME: '/nonexistent',
} as const

/** @throws SOURCE.BAD_QUARANTINE */
export function gitCommand(repository: Repository, args: readonly string[], call: GitCall = {}): Command {
  return {
    argv: ['git', ...configWords([...always, ...(call.config ?? [])]), ...args],
    env: {
      ...gitEnvironment,
      GIT_DIR: repository.path,
      ...quarantineEnvironment(repository, call.quarantine ?? null),
      ...call.env,
    },
    cwd: repository.path,
    user: repository.user,
  }
}

export function configWords(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-c', setting])
}

/** git reads a push that is not accepted yet in its own directory first, then in the repository's. */
function quarantineEnvironment(repository: Repository, quarantine: string | null): Record<string, string> {
  if (quarantine === null) return {}
  const objects = join(repository.path, 'objects')
  // git itself names it `<repository>/./objects/…`.
  const place = normalize(quarantine)
  const name = place.slice(objects.length + 1)
  // The name is tmp-objdir.c's: `tmp_objdir-<prefix>-XXXXXX`, with the prefix `incoming` for receive-pack.
  const inside = dirname(place) === objects && /^tmp_objdir-incoming-[A-Za-z0-9]{6,}$/.test(name)
  if (!inside) throw sourceError['SOURCE.BAD_QUARANTINE']({ path: quarantine })
  return { GIT_OBJECT_DIRECTORY: place, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects }
}

const commitPattern = /^[0-9a-f]{40}$/

/** A commit's name as it may stand among git's words. @throws SOURCE.COMMIT_NOT_FOUND */
export function checkedCommit(commit: string): string {
  if (!commitPattern.test(commit)) throw sourceError['SOURCE.COMMIT_NOT_FOUND']({ commit })
  return commit
}
