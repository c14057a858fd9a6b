import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Command, command, localRunner } from '@berth/command'
import { baseName } from './base-image.ts'

/**
 * One project as both sides see it: a directory for Docker, and the same files in a bare repository for Berth. Git's
 * own files lie elsewhere, so that Docker does not send them.
 */
export type SampleProject = {
  directory: string
  repository: string
  /** Writes the files and pushes them to the bare repository; returns the commit. */
  change: (files: Readonly<Record<string, string>>) => Promise<string>
  /** Every file anew, with a content that nobody has seen. */
  changeAll: (salt: string) => Promise<string>
  /** `git …` where the files are. */
  git: (...words: string[]) => Command
}

/** Of one file, as in a usual source tree: 20,000 of them are 64 MB. */
const fileBytes = 3_200

export const sampleDockerfile = `FROM ${baseName}
COPY package.json /app/
RUN cd /app && mkdir node_modules && sha256sum package.json > node_modules/installed && du -s /usr > node_modules/size
COPY . /app/
RUN cd /app && find src -type f | wc -l > count && cat src/d1/*/*.js | sha256sum > digest
CMD ["sleep", "3600"]
`

export async function makeSampleProject(place: string, fileCount: number): Promise<SampleProject> {
  const [directory, repository, staging] = ['files', 'bare.git', 'staging.git'].map(
    (name) => `${place}/${name}`,
  ) as [string, string, string]
  const gitCommand = (...words: string[]): Command => ({
    ...command('git', ...words),
    env: { ...identity, GIT_DIR: staging, GIT_WORK_TREE: directory },
  })
  const git = (...words: string[]) => localRunner.run(gitCommand(...words), { timeoutMs: 300_000 })
  await mkdir(directory, { recursive: true })
  await localRunner.run(command('git', 'init', '--quiet', '--bare', '--', repository))
  await git('init', '--quiet', '--initial-branch=main')

  async function change(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(`${directory}/${path}`), { recursive: true })
      await writeFile(`${directory}/${path}`, text)
    }
    await git('add', '--all')
    await git('commit', '--quiet', '--message', 'A change')
    await git('push', '--quiet', repository, 'HEAD:refs/heads/main')
    return (await git('rev-parse', 'HEAD')).stdout.trim()
  }
  const changeAll = (salt: string) => change(allFiles(fileCount, salt))
  return { directory, repository, change, changeAll, git: gitCommand }
}

/** A path that every sample has. */
export const oneFile = 'src/d1/e1/file1.js'

export function packageJson(salt: string): string {
  return `${JSON.stringify({ name: 'sample', version: '1.0.0', salt }, null, 2)}\n`
}

export function allFiles(count: number, salt: string): Record<string, string> {
  const sources = Array.from({ length: count - 2 }, (_, number): [string, string] => [
    `src/d${number % 40}/e${number % 7}/file${number}.js`,
    sourceText(`${salt} ${number}`),
  ])
  return { ...Object.fromEntries(sources), Dockerfile: sampleDockerfile, 'package.json': packageJson(salt) }
}

export function sourceText(salt: string): string {
  const line = `export const value = ${JSON.stringify(salt)}\n`
  return line.repeat(Math.ceil(fileBytes / line.length))
}

const identity = {
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@example.test',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@example.test',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}
