import { readFile } from 'node:fs/promises'
import { type CommandRunner, command } from '@berth/command'
import type { Suite } from './suites.ts'

/** Where packages come from: the release itself, and its security updates. */
export type Mirrors = { main: string; security: string }

/**
 * The mirrors that this machine's own apt uses, where it is of the same distribution: a company's mirror is often the
 * only one that can be reached. Null: mmdebstrap's defaults.
 */
export async function hostMirrors(commands: CommandRunner, suite: Suite): Promise<Mirrors | null> {
  const host = parseOsRelease(await readFile('/etc/os-release', 'utf8'))
  if (host.distribution !== suite.distribution) return null
  const targets = command(
    'apt-get',
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE)',
    'Created-By: Packages',
  )
  const { stdout } = await commands.run(targets, { okStatuses: [0, 1, 100, 127] })
  return mirrorsAmong(stdout, host.codename)
}

/** From lines of `URI RELEASE`. */
export function mirrorsAmong(lines: string, codename: string): Mirrors | null {
  const sources = lines.split('\n').map((line) => line.trim().split(' '))
  const uriOf = (release: string) => sources.find(([, found]) => found === release)?.[0]
  const main = uriOf(codename)
  if (main === undefined) return null
  return { main, security: uriOf(`${codename}-security`) ?? main }
}

export function parseOsRelease(text: string): { distribution: string; codename: string } {
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  return { distribution: value('ID'), codename: value('VERSION_CODENAME') }
}

/** One-line sources, as sources.list(5) has them. */
export function sourceLines(suite: Suite, mirrors: Mirrors): string {
  const { codename } = suite
  const components = suite.distribution === 'ubuntu' ? 'main universe' : 'main'
  return [
    `deb ${mirrors.main} ${codename} ${components}`,
    `deb ${mirrors.main} ${codename}-updates ${components}`,
    `deb ${mirrors.security} ${codename}-security ${components}`,
    '',
  ].join('\n')
}
