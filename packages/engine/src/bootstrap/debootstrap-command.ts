import { type Command, command } from '@berth/command'
import type { Mirrors } from './mirrors.ts'
import type { Suite } from './suites.ts'

/** As the registries' slim images have them. They stay in the image, so that later packages are as slim. */
const slimExcludes = ['doc', 'groff', 'info', 'linda', 'lintian', 'locale', 'man'].map(
  (name) => `path-exclude=/usr/share/${name}/*`,
)
const slimIncludes = [
  'path-include=/usr/share/doc/*/copyright',
  'path-include=/usr/share/locale/locale.alias',
]

/** Makes /usr merged without installing Perl for it, where the release has a package that says so. */
const mergedUsr = '/usr/share/mmdebstrap/hooks/maybe-merged-usr'

/**
 * mmdebstrap in process and mount namespaces of its own: when it is killed, everything that it started and mounted is
 * gone with it. What it is to make, and where, follows.
 */
export const mmdebstrap = [
  'unshare',
  ...['--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--propagation', 'private', '--'],
  ...['mmdebstrap', '--mode=root', '--variant=minbase'],
] as const

/**
 * With mirrors, it reads their lines from its standard input and leaves them in the image.
 */
export function debootstrapCommand(options: {
  suite: Suite
  mirrors: Mirrors | null
  temporary: string
  root: string
}): Command {
  const { suite, mirrors, temporary, root } = options
  const excludes = suite.slim ? [...slimExcludes, ...slimIncludes] : []
  return {
    argv: [
      ...mmdebstrap,
      ...['--format=directory', `--hook-dir=${mergedUsr}`],
      ...[...excludes, 'force-unsafe-io'].map((option) => `--dpkgopt=${option}`),
      '--aptopt=Acquire::Languages "none"',
      suite.codename,
      root,
      ...(mirrors === null ? [] : ['-']),
    ],
    env: { TMPDIR: temporary },
  }
}

/** Names sorted, so that the same packages make the same archive but for its times. */
export function packCommand(root: string, archive: string): Command {
  return command(
    'tar',
    ...['--create', '--format=pax', '--numeric-owner', '--sort=name', '--xattrs'],
    ...['--xattrs-include=security.capability', `--file=${archive}`, `--directory=${root}`, '.'],
  )
}
