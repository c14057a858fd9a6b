import type { Command } from '@berth/command'

/**
 * Node with small young spaces: these processes wait most of the time, and what they keep of a burst is memory that the
 * apps lack.
 */
export function program(root: string, path: string, ...words: string[]): [string, ...string[]] {
  return [node(root), '--max-semi-space-size=2', `${root}/${path}`, ...words]
}

/** The same for one that only waits: with one thread beside its own. */
export function waitingProgram(root: string, path: string): [string, ...string[]] {
  return [node(root), '--max-semi-space-size=1', '--v8-pool-size=1', `${root}/${path}`]
}

function node(root: string): string {
  return `${root}/node_modules/node/bin/node`
}

/** The kernel sends `signal` when `berth up` is gone. */
export function endsWithUs(signal: string, given: Command): Command {
  return { ...given, argv: ['setpriv', '--pdeathsig', signal, '--', ...given.argv] }
}
