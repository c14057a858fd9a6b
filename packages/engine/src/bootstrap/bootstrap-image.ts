import { randomBytes } from 'node:crypto'
import { chmod, mkdir, rename, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { CommandRunner } from '@berth/command'
import type { Image, Images } from '../engine.ts'
import { imageError } from '../store/errors.ts'
import { defaultPath } from '../store/image-config.ts'
import { normaliseName } from '../store/reference.ts'
import { storeLock } from '../store/store-lock.ts'
import { removeTree } from '../system/scratch.ts'
import { debootstrapCommand, packCommand } from './debootstrap-command.ts'
import { finishRoot } from './finish-root.ts'
import { hostMirrors, sourceLines } from './mirrors.ts'
import { type Suite, suiteOf } from './suites.ts'

/**
 * A base image without a registry: made from the distribution's own packages, as the registries' images are. The
 * archive is kept in `cacheDirectory`, so a machine makes each once; it appears there by rename, complete, and one that
 * was broken off leaves nothing behind but what the next attempt clears.
 *
 * @throws IMAGE.CANNOT_BOOTSTRAP where the name is not known or the packages cannot be fetched
 */
export async function bootstrapImage(options: BootstrapOptions): Promise<Image> {
  const { images, commands, cacheDirectory, onProgress = ignore, signal } = options
  const name = normaliseName(options.name)
  const suite = suiteOf(name)
  const present = options.refresh ? undefined : await images.find(name)
  if (present !== undefined) return present

  await mkdir(cacheDirectory, { recursive: true, mode: 0o755 })
  const archive = `${cacheDirectory}/${name.replaceAll(/[^a-z0-9.-]/g, '-')}.tar`
  const lock = storeLock(`${archive}.lock`)
  await lock(
    'exclusive',
    async () => {
      if (options.refresh || !(await isThere(archive))) {
        await makeArchive({ name, suite, archive, commands, onProgress, signal })
      }
    },
    { timeoutMs, signal },
  )
  onProgress(`Importing ${name}`)
  return images.importRootfs(archive, name, { command: ['bash'], env: { PATH: defaultPath } })
}

export type BootstrapOptions = {
  /** `debian:bookworm-slim` */
  name: string
  images: Images
  commands: CommandRunner
  /** For the whole machine: `/var/cache/berth/bootstrap`. */
  cacheDirectory: string
  /** A line for people, now and then. */
  onProgress?: (text: string) => void
  /** Make it anew, with today's packages. */
  refresh?: boolean
  signal?: AbortSignal
}

const timeoutMs = 15 * 60_000

type Making = {
  name: string
  suite: Suite
  archive: string
  commands: CommandRunner
  onProgress: (text: string) => void
  signal: AbortSignal | undefined
}

async function makeArchive(making: Making): Promise<void> {
  const { archive, commands, signal } = making
  const workDirectory = `${archive}.${randomBytes(4).toString('hex')}.work`
  try {
    await mkdir(workDirectory)
    // apt fetches as a user of its own, who must be able to pass.
    await chmod(workDirectory, 0o755)
    await runDebootstrap(making, workDirectory)
    await finishRoot(`${workDirectory}/root`)
    await commands.run(packCommand(`${workDirectory}/root`, `${workDirectory}/root.tar`), {
      timeoutMs,
      signal,
    })
    await rename(`${workDirectory}/root.tar`, archive)
  } finally {
    await removeTree(commands, workDirectory)
  }
}

async function runDebootstrap(making: Making, workDirectory: string): Promise<void> {
  const { name, suite, commands, onProgress, signal } = making
  const mirrors = await hostMirrors(commands, suite)
  const limit = AbortSignal.timeout(timeoutMs)
  onProgress(`Fetching the packages of ${suite.distribution} ${suite.codename}`)
  const words = debootstrapCommand({
    suite,
    mirrors,
    temporary: workDirectory,
    root: `${workDirectory}/root`,
  })
  const program = commands.start(words, {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  })
  program.stdin?.on('error', ignore)
  program.stdin?.end(mirrors === null ? '' : sourceLines(suite, mirrors))
  program.stdout?.resume()
  const errors = await follow(program.stderr, onProgress)
  const { status } = await program.exited
  signal?.throwIfAborted()
  if (limit.aborted) throw cannot(name, 'it took longer than 15 minutes')
  if (status === 127) throw cannot(name, 'mmdebstrap is not installed')
  if (status !== 0) throw cannot(name, errors.join(' · ') || `mmdebstrap ended with ${status}`)
}

/** The steps are told as they come; what went wrong is returned: the last lines, without the addresses of mirrors. */
async function follow(stderr: Readable | null, onProgress: (text: string) => void): Promise<string[]> {
  const errors: string[] = []
  if (stderr === null) return errors
  for await (const line of createInterface({ input: stderr })) {
    const step = /^I: (.{1,80})/.exec(line)?.[1]
    if (step !== undefined && !step.includes('/')) onProgress(step)
    if (/^(E|W|Err)[:\d]/.test(line)) errors.push(line.replaceAll(/\w+:\/\/\S+/g, '(mirror)').slice(0, 200))
  }
  return errors.slice(-4)
}

async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ?? false
}

function cannot(name: string, reason: string) {
  return imageError['IMAGE.CANNOT_BOOTSTRAP']({ name, reason })
}

function ignore(): void {
  // Nobody asked to be told.
}
