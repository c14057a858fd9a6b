import type { Command } from '@berth/command'
import type { GitDoor } from './git-door.ts'

/**
 * git, told to do nothing but what its words say: no configuration of the machine or of a user, no hooks, no helpers, no
 * prompts, no protocol but http and https, no redirects, and the address of its host fixed to the one that was checked; or
 * none but that of a door of ours (git-door.ts).
 * It runs as an id of the range of builds, which owns `directory` and nothing else.
 */
export type GitPlace = {
  directory: string
  user: { uid: number; gid: number }
  /** `example.org:443:203.0.113.7` */
  resolve: string | null
  /** A file of PEM. */
  authorities: string | null
  /** Where `doorAddress` leads; null: git goes by http. */
  door: GitDoor | null
}

/**
 * In a pid namespace, so that git's own children end with it, and it with us, however either ends; and as nobody who
 * may do anything. Source: prctl(2), PR_SET_PDEATHSIG, which a change of user forgets: hence twice.
 */
export function confined({ uid, gid }: GitPlace['user']): [string, ...string[]] {
  return [
    ...(['setpriv', '--pdeathsig', 'KILL', '--'] as const),
    ...['unshare', '--pid', '--fork', '--kill-child=KILL', '--'],
    ...['setpriv', '--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--bounding-set=-all', '--pdeathsig', 'KILL', '--'],
  ]
}

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.symlinks=false',
  'credential.helper=',
  'gc.auto=0',
  'maintenance.auto=false',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
  'protocol.allow=never',
  'submodule.recurse=false',
  'transfer.fsckObjects=true',
]

/** `largestFileBytes`: of any file that git writes. */
export function gitCommand(place: GitPlace, largestFileBytes: number, ...words: string[]): Command {
  const own = [
    ...settings,
    ...(place.resolve === null ? [] : [`http.curloptResolve=${place.resolve}`]),
    ...(place.authorities === null ? [] : [`http.sslCAInfo=${place.authorities}`]),
    ...protocolsOf(place).map((name) => `protocol.${name}.allow=always`),
  ]
  const bounded = ['--core=0', `--fsize=${largestFileBytes}`, `--as=${4 * 1024 ** 3}`]
  return {
    argv: [
      ...confined(place.user),
      'prlimit',
      ...bounded,
      '--',
      'git',
      ...own.flatMap((setting) => ['-c', setting]),
      ...words,
    ],
    cwd: place.directory,
    env: {
      HOME: place.directory,
      GIT_DIR: place.directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '/bin/false',
      GIT_ALLOW_PROTOCOL: protocolsOf(place).join(':'),
      GIT_OPTIONAL_LOCKS: '0',
      ...doorSetting(place),
    },
  }
}

/** In the words that every process of the machine can read it stands for the door. */
export const doorAddress = 'berth-door:'

function protocolsOf({ door }: GitPlace): string[] {
  return door === null ? ['http', 'https'] : ['git']
}

/** Source: git-config(1), GIT_CONFIG_COUNT. */
function doorSetting({ door }: GitPlace): Record<string, string> {
  if (door === null) return {}
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${door.url}.insteadOf`,
    GIT_CONFIG_VALUE_0: doorAddress,
  }
}

/** `--` and what follows it can be taken for no option. */
export const initWords = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']
export const listWords = (url: string, ref: string | null) => [
  ...['ls-remote', '--quiet', '--', url],
  ...(ref === null ? ['HEAD'] : [ref, `refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`]),
]
export const fetchWords = (url: string, what: readonly string[], depth: boolean) => [
  ...['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-auto-maintenance'],
  ...(depth ? ['--depth=1'] : []),
  ...['--', url, ...what],
]
export const treeWords = (commit: string, subdirectory: string) => [
  ...['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', `${commit}:${subdirectory}`],
]
