import { type Command, command } from '@berth/command'

const namespaces = ['--mount', '--propagation', 'private', '--net', '--pid', '--fork', '--mount-proc']

/**
 * A command in mount, network and process namespaces of its own, which end with it. `--kill-child` and `--pdeathsig`: who
 * is killed takes the next with him, down to the first process of the process namespace, whose end ends all others.
 * catatonit is that process: it reaps what others leave.
 */
export function inOwnNamespaces(...words: readonly [string, ...string[]]): Command {
  return command(
    ...(['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces, '--kill-child=KILL'] as const),
    ...(['catatonit', '--', ...words] as const),
  )
}
