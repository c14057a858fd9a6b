import { lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { command, localRunner } from '@berth/command'
import type { Engine } from '@berth/engine'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { written } from './converse.ts'
import { withEngine } from './with-engine.ts'

/** `cp`, as Docker has it: `CONTAINER:path` on one side, a path of this machine, or `-` for a tar, on the other. */
export function addCopyVerb(engine: Command): void {
  engine
    .command('cp')
    .description('copy files into a container or out of it; - is a tar')
    .argument('<source>', 'CONTAINER:PATH, PATH or -')
    .argument('<target>', 'CONTAINER:PATH, PATH or -')
    .action((source: string, target: string) => withEngine((found) => copy(found, source, target)))
}

async function copy(engine: Engine, source: string, target: string): Promise<number> {
  const [from, to] = [inContainer(source), inContainer(target)]
  if ((from === null) === (to === null)) {
    throw cliError['CLI.BAD_INPUT']({ what: 'One side of cp is CONTAINER:PATH, and one is not.' })
  }
  if (from !== null) await copyOut(engine, from, target)
  if (to !== null) await copyIn(engine, source, to)
  return 0
}

type Inside = { container: string; path: string }

/** A path that begins with a slash or a dot is one of this machine, colons or not. */
function inContainer(text: string): Inside | null {
  const [, container, path] = /^([^/.][^:/]*):(.*)$/s.exec(text) ?? []
  return container === undefined || path === undefined
    ? null
    : { container, path: path.startsWith('/') ? path : `/${path}` }
}

async function copyOut({ containers }: Engine, { container, path }: Inside, target: string): Promise<void> {
  const archive = containers.copyOut(container, path)
  if (target === '-') {
    for await (const bytes of archive) await written(process.stdout, bytes)
    return
  }
  const { extractTree } = await import('@berth/engine/archive/extract-tree.ts')
  const place = resolve(target)
  const isDirectory = (await kindOf(place)) === 'directory'
  if (isDirectory) {
    await extractTree(archive, place)
    return
  }
  if (target.endsWith('/')) throw cliError['CLI.BAD_INPUT']({ what: `There is no directory ${target}.` })
  // Unpacked beside its place first: it gets another name there.
  const beside = await mkdtemp(join(dirname(place), '.berth-cp-'))
  try {
    await extractTree(archive, beside)
    await rename(join(beside, await nameOf(path, beside)), place)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** Of `/dir/.` the archive holds the content alone: the directory that it was unpacked into is what gets the name. */
async function nameOf(path: string, beside: string): Promise<string> {
  const name = basename(path)
  return (await kindOf(join(beside, name))) === null || name === '.' ? '.' : name
}

async function copyIn({ containers }: Engine, source: string, { container, path }: Inside): Promise<void> {
  if (source === '-') return containers.copyIn(container, path, process.stdin)
  const from = resolve(source)
  if ((await kindOf(from)) === null) throw cliError['CLI.BAD_INPUT']({ what: `There is no file ${source}.` })
  const { treeTar } = await import('@berth/engine/archive/tree-tar.ts')
  const target = await containers.statPath(container, path)
  const isInto = target?.kind === 'directory' || path.endsWith('/')
  const name = source.endsWith('/.') && isInto ? '.' : isInto ? basename(from) : basename(path)
  // What is packed is called as it is to be called there.
  const staged = await mkdtemp(join(tmpdir(), 'berth-cp-'))
  try {
    await localRunner.run(
      command(
        'cp',
        '--archive',
        '--reflink=auto',
        '--',
        name === '.' ? `${from}/.` : from,
        join(staged, name),
      ),
    )
    await containers.copyIn(container, isInto ? path : dirname(path), treeTar(staged, { layer: false }))
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

async function kindOf(path: string): Promise<'directory' | 'other' | null> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? 'directory' : 'other'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // A link that leads nowhere is something, too.
    return lstat(path).then(
      () => 'other' as const,
      () => null,
    )
  }
}
