import { containerError, execFailed } from '../errors.ts'

/**
 * Why a runtime has begun no command, by the words that it ends with: runc 1.1's and crun 1.8's. A program that is not there, or
 * may not be executed, is told apart, as shells do; a directory to work in that is not there is neither.
 */
export function notExecuted(program: string, words: string) {
  const isOfProgram = !/chdir|cwd/i.test(words)
  if (isOfProgram && /not found in \$PATH|no such file or directory/i.test(words))
    return containerError['CONTAINER.PROGRAM_NOT_FOUND']({ program })
  if (isOfProgram && /permission denied|is a directory|exec format error/i.test(words))
    return containerError['CONTAINER.PROGRAM_NOT_EXECUTABLE']({ program, reason: lastOf(words) })
  return execFailed(words)
}

/** `exec: "/x": permission denied` → what is said of it. */
function lastOf(words: string): string {
  return (words.split(': ').at(-1) ?? words).toLowerCase()
}
