import type { Command } from '@berth/command'

/**
 * Node with small young spaces: these processes wait most of the time, and what they keep of a burst is memory that the
 * apps lack.
 */
export function program(root: string, path: string, ...words: string[]): [string, ...string[]] {
  return [`${root}/node_modules/node/bin/node`, '--max-semi-space-size=2', `${root}/${path}`, ...words]
}

/** The kernel sends `signal` when `berth up` is gone. */
export function endsWithUs(signal: string, given: Command): Command {
  return { ...given, argv: ['setpriv', '--pdeathsig', signal, '--', ...given.argv] }
}
