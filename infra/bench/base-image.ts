import { access, mkdir, rename, rm } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { mmdebstrap } from '@berth/engine/bootstrap/debootstrap-command.ts'

/** Made once a machine, by `npm run bench -- setup`. */
const directory = '/var/cache/berth-bench'
const archive = `${directory}/debian.tar`

/** The name that both sides give it. */
export const baseName = 'bench-base'

/** A tar of a small Debian with busybox (its web server), imported by both sides. @throws where `setup` was not run */
export async function baseArchive(): Promise<string> {
  await access(archive).catch(() => {
    throw new Error('The base image is missing. Run: npm run bench -- setup')
  })
  return archive
}

export async function makeBaseArchive(): Promise<void> {
  if (
    await access(archive).then(
      () => true,
      () => false,
    )
  )
    return
  await mkdir(directory, { recursive: true })
  const unfinished = `${archive}.new.tar`
  const words = ['--include=busybox-static', '--dpkgopt=path-exclude=/usr/share/doc/*']
  try {
    await localRunner.run(command(...mmdebstrap, ...words, 'bookworm', unfinished), {
      timeoutMs: 600_000,
    })
    await rename(unfinished, archive)
  } finally {
    await rm(unfinished, { force: true })
  }
}
