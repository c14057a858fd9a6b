import type { Secret } from './secret.ts'

/**
 * A program to run, as a value: words, never a shell line. Methods and functions that return commands are tested by
 * comparing these values; a CommandRunner runs them.
 */
export type Command = {
  /** The program, then its arguments. A user's value never stands where an option could: put `--` before it. */
  argv: readonly [string, ...string[]]
  /** Added to a minimal environment (PATH, HOME, LANG): nothing is inherited. */
  env?: Readonly<Record<string, string | Secret>>
  cwd?: string
  /** Run as another user. Only root may. */
  user?: { uid: number; gid: number }
}

/** `command('git', 'init', '--bare', '--', path)` */
export function command(...argv: [string, ...string[]]): Command {
  return { argv }
}

/** The words in one line, for a message or a log; never for a shell. */
export function describe(given: Command): string {
  return given.argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}
