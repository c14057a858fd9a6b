import { type AppName, parseAppName } from '@berth/domain'
import { pushError } from './errors.ts'

/** What a git client may ask for. */
export type GitService = 'receive-pack' | 'upload-pack'
export type GitRequest = { service: GitService; appName: AppName }

const call = /^git[- ](receive-pack|upload-pack) (.*)$/s

/**
 * The line that `ssh` sends for a remote command: `git-receive-pack 'APP.git'`. Not run and not expanded: two programs and one
 * quoted word are known, everything else is refused.
 * @throws PUSH.NO_SHELL, NAME.INVALID, NAME.RESERVED
 */
export function parseCommand(line: string): GitRequest {
  const words = call.exec(line)
  if (words === null) throw pushError['PUSH.NO_SHELL']()
  return { service: words[1] as GitService, appName: parseRepositoryName(unquoted(words[2] as string)) }
}

/** `APP`, `APP.git`, `/APP.git`. @throws NAME.INVALID, NAME.RESERVED */
export function parseRepositoryName(path: string): AppName {
  return parseAppName(path.replace(/^\//, '').replace(/\.git$/, ''))
}

/** git quotes the path with '…'. What is quoted in any other way holds a character that no name has. */
function unquoted(word: string): string {
  return /^'([^']*)'$/s.exec(word)?.[1] ?? word
}
