import { createReadStream, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { tryUnpack } from '../add-archive.ts'
import { buildError } from '../errors.ts'
import type { RemoteSource } from '../plan.ts'
import type { RootWriter } from '../root-writer.ts'
import { excluding } from '../select-sources.ts'
import type { StepContext, StepOf } from '../step-context.ts'
import { type Targets, writeEntries } from '../write-entries.ts'
import { type GitParts, run as runGit } from './fetch-repository.ts'
import { withoutCredentials } from './open-url.ts'
import { download, withRepository } from './remote-sources.ts'

/** Where ADD puts what it fetches. `intoDirectory`: a file keeps its name in the destination. */
export type RemoteTarget = { writer: RootWriter; directory: string; intoDirectory: boolean }

/** As BuildKit: a file that was fetched is its owner's alone, and as old as its server says. */
const fileMode = 0o600

export async function writeRemote(
  context: StepContext,
  step: StepOf<'copy'>,
  target: RemoteTarget,
): Promise<void> {
  for (const source of step.action.remote) {
    if (source.kind === 'url') await writeUrl(context, step, source, target)
    else await writeRepository(context, step, source, target)
  }
}

async function writeUrl(
  context: StepContext,
  step: StepOf<'copy'>,
  source: RemoteSource & { kind: 'url' },
  { writer, intoDirectory }: RemoteTarget,
): Promise<void> {
  const { destination } = step.action
  const { path, modifiedAt } = await download({ context, step }, source)
  const archive = { writer, path, into: destination, name: source.name }
  if (source.unpack && (await tryUnpack(context, archive))) return
  const to = intoDirectory ? posix.join(destination, source.name) : writer.throughLinks(destination)
  const file = writer.createWith(to, { mode: fileMode, timeSeconds: Math.floor(modifiedAt.getTime() / 1000) })
  try {
    for await (const piece of createReadStream(path)) {
      context.signal.throwIfAborted()
      file.write(piece)
    }
  } finally {
    file.close()
  }
}

async function writeRepository(
  context: StepContext,
  step: StepOf<'copy'>,
  source: RemoteSource & { kind: 'git' },
  { writer, directory }: RemoteTarget,
): Promise<void> {
  const { destination, exclude } = step.action
  const filter = excluding(exclude, step.place)
  await withRepository({ context, step }, source, async (tree, repository, parts) => {
    const entries = (await tree.entries()).filter((entry) => !filter.ignores(entry.path))
    const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const { limitBytes, bytesLeft } = context.disk
    if (bytes > bytesLeft) throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes })
    const targets: Targets = new Map(
      entries.map((entry) => [
        entry.path,
        { entry, places: [{ path: posix.join(destination, entry.path), unpackInto: null }] },
      ]),
    )
    await writeEntries(context, { writer, targets, directory, tree })
    if (source.keepGitDirectory) await writeGitDirectory(repository, parts, { writer, destination, source })
  })
}

type Repository = Parameters<Parameters<typeof withRepository>[2]>[1]

/** A `.git` as after a clone of that commit alone, HEAD on the commit, nothing of ours in its configuration. */
async function writeGitDirectory(
  { place, commit }: Repository,
  parts: GitParts,
  {
    writer,
    destination,
    source,
  }: { writer: RootWriter; destination: string; source: RemoteSource & { kind: 'git' } },
): Promise<void> {
  await runGit(parts, place, ['update-ref', '--no-deref', 'HEAD', commit])
  await runGit(parts, place, ['read-tree', commit])
  const git = posix.join(destination, '.git')
  for (const path of plainFiles(place.directory, '')) {
    if (path === 'config' || path === 'FETCH_HEAD') continue
    writer.file(`${git}/${path}`, readFileSync(`${place.directory}/${path}`))
  }
  writer.directory(`${git}/refs/heads`)
  writer.file(`${git}/config`, Buffer.from(configOf(source.repository)))
}

function configOf(repository: string): string {
  const url = withoutCredentials(repository).replace(/["\\\n]/g, '')
  const core = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n'
  return `${core}[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`
}

/** Made by git as another user: links are passed over. */
function plainFiles(root: string, path: string): string[] {
  const at = path === '' ? root : `${root}/${path}`
  return readdirSync(at).flatMap((name) => {
    const child = path === '' ? name : `${path}/${name}`
    const stats = lstatSync(`${root}/${child}`)
    if (stats.isDirectory()) return plainFiles(root, child)
    return stats.isFile() ? [child] : []
  })
}
