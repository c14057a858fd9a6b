/**
 * The disk of the virtual machine: Debian's own packages, kernel and systemd included, on ext4 with quotas of projects.
 * Made once a machine and recipe, and kept beside the other caches; it appears by rename, complete, and takes the place of
 * those of former recipes. Where packages come from is asked of this machine's apt.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { type Command, command, localRunner } from '@berth/command'
import { mmdebstrap } from '@berth/engine/bootstrap/debootstrap-command.ts'
import { hostMirrors, sourceLines } from '@berth/engine/bootstrap/mirrors.ts'
import { storeLock } from '@berth/engine/store/store-lock.ts'
import { removeTree } from '@berth/engine/system/scratch.ts'
import type { VmImage } from './qemu-command.ts'

const cache = '/var/cache/berth/vm'
const suite = { distribution: 'debian', codename: 'bookworm', slim: true } as const
const timeoutMs = 30 * 60_000
/** Sparse: it takes what is written into it. */
const diskSize = '12G'

/** Besides what infra/setup installs: what makes a root a machine, the other runtime, and what one looks around with. */
const machinePackages = [
  ...['systemd-sysv', 'dbus', 'udev', 'kmod', 'linux-image-amd64', 'initramfs-tools', 'e2fsprogs'],
  ...['crun', 'docker-registry', 'skopeo', 'quota', 'curl', 'iputils-ping', 'strace'],
]

const vmDirectory = new URL('.', import.meta.url).pathname
const setup = new URL('../setup', import.meta.url).pathname

/** `rebuild`: with today's packages, whatever is there. */
export async function vmImage({ rebuild, say }: { rebuild: boolean; say: (text: string) => void }) {
  const packages = [...(await setupPackages()), ...machinePackages]
  const made = `${cache}/${await recipeDigest(packages)}`
  await mkdir(cache, { recursive: true, mode: 0o755 })
  await storeLock(`${cache}/lock`)(
    'exclusive',
    async () => {
      if (!rebuild && (await stat(made).catch(() => null))) return
      say('Making the machine’s disk (once, a few minutes)')
      await makeImage(made, packages)
    },
    { timeoutMs },
  )
  return filesIn(made)
}

const filesIn = (directory: string): VmImage => ({
  disk: `${directory}/disk`,
  kernel: `${directory}/vmlinuz`,
  initrd: `${directory}/initrd`,
})

async function setupPackages(): Promise<string[]> {
  const { stdout } = await localRunner.run(command(setup, '--packages'))
  return stdout.trim().split('\n')
}

/** Everything that an image is made of, but for the packages' versions. */
async function recipeDigest(packages: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update([diskSize, suite.codename, ...packages].join('\n'))
  for (const path of ['customize-root', 'guest/fstab', 'guest/user.network', 'guest/berth-command.service']) {
    hash.update(await readFile(`${vmDirectory}${path}`))
  }
  return hash.digest('hex').slice(0, 16)
}

async function makeImage(made: string, packages: readonly string[]): Promise<void> {
  const work = `${made}.${randomBytes(4).toString('hex')}.work`
  try {
    await mkdir(work)
    // apt fetches as a user of its own, who must be able to pass.
    await chmod(work, 0o755)
    await makeRoot(work, packages)
    await takeKernel(work)
    await localRunner.run(diskCommand(work), { timeoutMs })
    await removeTree(localRunner, `${work}/root`)
    await rm(`${work}/sources.list`, { force: true })
    await removeFormer(work)
    await rename(work, made)
  } finally {
    await removeTree(localRunner, work)
  }
}

async function makeRoot(work: string, packages: readonly string[]): Promise<void> {
  const mirrors = await hostMirrors(localRunner, suite)
  const sources = mirrors === null ? [] : [`${work}/sources.list`]
  if (mirrors !== null) await writeFile(`${work}/sources.list`, sourceLines(suite, mirrors))
  await localRunner.run(rootCommand({ work, packages, sources }), { timeoutMs })
}

function rootCommand(given: {
  work: string
  packages: readonly string[]
  sources: readonly string[]
}): Command {
  const { work, packages, sources } = given
  const excludes = ['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`)
  return {
    ...command(
      ...mmdebstrap,
      ...['--format=directory', '--dpkgopt=force-unsafe-io', ...excludes],
      ...['--aptopt=Acquire::Languages "none"', `--include=${packages.join(',')}`],
      `--customize-hook=${vmDirectory}customize-root`,
      ...[suite.codename, `${work}/root`, ...sources],
    ),
    env: { TMPDIR: work },
  }
}

/** QEMU loads them itself, so the disk needs no boot loader. */
async function takeKernel(work: string): Promise<void> {
  const names = await readdir(`${work}/root/boot`)
  for (const [prefix, target] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd'],
  ] as const) {
    const name = names.find((each) => each.startsWith(prefix))
    if (name === undefined) throw new Error(`The kernel's package brought no ${prefix}….`)
    await copyFile(`${work}/root/boot/${name}`, `${work}/${target}`)
  }
}

function diskCommand(work: string): Command {
  const features = ['-t', 'ext4', '-O', 'project,quota', '-E', 'quotatype=prjquota']
  return command('mke2fs', '-q', ...features, '-d', `${work}/root`, `${work}/disk`, diskSize)
}

async function removeFormer(work: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = `${cache}/${name}`
    if (name !== 'lock' && path !== work) await rm(path, { recursive: true, force: true })
  }
}
