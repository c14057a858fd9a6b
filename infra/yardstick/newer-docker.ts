/**
 * A newer Docker than the machine's own, to compare with: docker.io, docker-cli and docker-buildx of Debian's unstable
 * suite in a root file system of their own, started as docker-daemon.ts starts the machine's.
 *
 * The root is made once a machine and never changes: what a daemon writes beside its data lies in `home`. It needs a
 * private mount namespace, since the root is put together in the caller's, where the client can use it too. /tmp is
 * the same inside and outside. Nothing stays when `stop` is done but the root in the cache.
 */
import { randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { mmdebstrap } from '@berth/engine/bootstrap/debootstrap-command.ts'
import { hostMirrors } from '@berth/engine/bootstrap/mirrors.ts'
import { storeLock } from '@berth/engine/store/store-lock.ts'
import { assertPrivateMounts } from '@berth/engine/system/private-mounts.ts'
import { removeTree } from '@berth/engine/system/scratch.ts'
import { type DockerDaemon, startDockerDaemon } from './docker-daemon.ts'

export type NewerDocker = DockerDaemon & {
  /** Its /etc/hosts, as everything in its root may write it. */
  hostsPath: string
}

export const yardstickCache = '/var/cache/berth/yardstick'
const packages = [
  'docker.io',
  'docker-cli',
  'docker-buildx',
  'iptables',
  'ca-certificates',
  'git',
  'xz-utils',
]
const suite = 'unstable'
const timeoutMs = 15 * 60_000

/** Which Docker that is, without starting it: the package's version. Makes the root first where there is none. */
export async function newerDockerVersion(onProgress: (text: string) => void): Promise<string> {
  const root = await newerDockerRoot(onProgress)
  return (await readFile(`${root}/version`, 'utf8')).trim()
}

/**
 * `home`: an empty directory under /tmp, the caller's to remove. What the daemon builds is kept in memory: it forces
 * everything to the disk, a dozen times a build, and nobody wants it back.
 */
export async function startNewerDocker(
  home: string,
  onProgress: (text: string) => void,
): Promise<NewerDocker> {
  assertPrivateMounts()
  const lower = await newerDockerRoot(onProgress)
  const root = `${home}/root`
  await mountRoot(`${lower}/root`, home)
  const dataRoot = await inMemory(`${home}/data`, root)
  const client = `${home}/docker`
  await writeFile(client, `#!/bin/sh\nexec chroot '${root}' /usr/bin/docker "$@"\n`, { mode: 0o755 })
  const enter = new URL('enter-root', import.meta.url).pathname
  const dockerd = [enter, root, '/usr/sbin/dockerd'] as const
  const daemon = await startDockerDaemon({ dockerd, docker: client }, { dataRoot })
  return {
    ...daemon,
    hostsPath: `${root}/etc/hosts`,
    async stop() {
      await daemon.stop()
      await localRunner.run(command('umount', '--recursive', '--lazy', root))
      await localRunner.run(command('umount', '--lazy', dataRoot))
    },
  }
}

/** The path, which is the same in the root. */
async function inMemory(path: string, root: string): Promise<string> {
  await mkdir(path)
  await localRunner.run(command('mount', '-t', 'tmpfs', '-o', 'mode=0711', 'berth-yardstick', path))
  await localRunner.run(command('mount', '--bind', path, `${root}${path}`))
  return path
}

async function mountRoot(lower: string, home: string): Promise<void> {
  const root = `${home}/root`
  for (const name of ['root', 'upper', 'work']) await mkdir(`${home}/${name}`, { recursive: true })
  const options = `lowerdir=${lower},upperdir=${home}/upper,workdir=${home}/work`
  const mount = (...words: string[]) => localRunner.run(command('mount', ...words))
  await mount('-t', 'overlay', '-o', options, 'berth-yardstick', root)
  await mkdir(`${root}/.former`)
  await mount('--bind', '/tmp', `${root}/tmp`)
  await mount('--rbind', '/sys', `${root}/sys`)
  await mount('--rbind', '/dev', `${root}/dev`)
  await mount('-t', 'proc', 'proc', `${root}/proc`)
  for (const name of ['hosts', 'resolv.conf']) await cp(`/etc/${name}`, `${root}/etc/${name}`)
}

/** The directory with `root` and `version`. It appears by rename, complete. */
async function newerDockerRoot(onProgress: (text: string) => void): Promise<string> {
  const made = `${yardstickCache}/docker-${suite}`
  await mkdir(yardstickCache, { recursive: true, mode: 0o755 })
  await storeLock(`${made}.lock`)(
    'exclusive',
    async () => {
      if (await stat(made).catch(() => null)) return
      onProgress('Fetching a newer Docker (once a machine, about a minute)')
      await makeRoot(made)
    },
    { timeoutMs },
  )
  return made
}

async function makeRoot(made: string): Promise<void> {
  const work = `${made}.${randomBytes(4).toString('hex')}.work`
  try {
    await mkdir(work, { mode: 0o755 })
    const mirrors = await hostMirrors(localRunner, { distribution: 'debian', codename: 'sid', slim: true })
    const sources = mirrors === null ? [] : [mirrors.main]
    await localRunner.run(bootstrapCommand(work, sources), { timeoutMs })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg's own word for the version.
    const asked = command('chroot', `${work}/root`, 'dpkg-query', '-W', '-f', '${Version}', 'docker.io')
    const { stdout } = await localRunner.run(asked)
    await writeFile(`${work}/version`, `${stdout}\n`)
    await rename(work, made)
  } finally {
    await removeTree(localRunner, work)
  }
}

function bootstrapCommand(work: string, mirrors: readonly string[]) {
  const excludes = ['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`)
  // The suite's index says how long it is good for, and a mirror may be older.
  const apt = ['Acquire::Check-Valid-Until "false"', 'Acquire::Languages "none"']
  return {
    ...command(
      ...mmdebstrap,
      ...['--format=directory', '--dpkgopt=force-unsafe-io', ...excludes],
      ...apt.map((line) => `--aptopt=${line}`),
      `--include=${packages.join(',')}`,
      ...[suite, `${work}/root`, ...mirrors],
    ),
    env: { TMPDIR: work },
  }
}
