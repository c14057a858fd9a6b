import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { localRunner } from '@berth/command'

/** A temporary directory with a working copy in it, made with stock git: what a person has who pushes. */
export type Workshop = {
  directory: string
  copy: string
  git(...args: string[]): Promise<string>
  write(path: string, content: string | Uint8Array): Promise<void>
  /** Everything added and committed; returns the commit. */
  commit(message?: string): Promise<string>
  /** The copy's history as a bare repository. */
  bare(owner?: { uid: number; gid: number }): Promise<string>
  close(): Promise<void>
}

const identity = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Lovelace',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada Lovelace',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}

export async function openWorkshop(): Promise<Workshop> {
  const directory = await mkdtemp('/tmp/berth-source-')
  const copy = join(directory, 'copy')
  const git = async (...args: string[]) => {
    const { stdout } = await localRunner.run({ argv: ['git', ...args], cwd: copy, env: identity })
    return stdout.trim()
  }
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await writeFile(join(copy, path), content)
  }
  await mkdir(copy)
  await git('init', '--quiet', '--initial-branch=main')
  return {
    directory,
    copy,
    git,
    write,
    async commit(message = 'change') {
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '--message', message)
      return git('rev-parse', 'HEAD')
    },
    async bare(owner) {
      const path = join(directory, 'bare.git')
      await git('clone', '--quiet', '--bare', copy, path)
      if (owner !== undefined) await giveTo(directory, path, owner)
      return path
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

async function giveTo(directory: string, path: string, owner: { uid: number; gid: number }) {
  await chown(directory, owner.uid, owner.gid)
  await localRunner.run({ argv: ['chown', '-R', `${owner.uid}:${owner.gid}`, '--', path] })
}
