import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Engine } from '@berth/engine'
import type { Command } from 'commander'
import { plain, print } from '../output.ts'
import { collect } from './collect.ts'
import { written } from './converse.ts'
import { withEngine } from './with-engine.ts'

const signs = { added: 'A', changed: 'C', deleted: 'D' } as const

/** What keeps a container's files, under Docker's names. */
export function addKeepVerbs(engine: Command): void {
  engine
    .command('diff')
    .description('what a container has changed in its files')
    .argument('<container>')
    .action((given: string) =>
      withEngine(async ({ containers }) => {
        for await (const { kind, path } of containers.changes(given))
          await written(process.stdout, `${signs[kind]} ${plain(path)}\n`)
        return 0
      }),
    )
  engine
    .command('commit')
    .description('an image of what a container has changed')
    .argument('<container>')
    .argument('[name]')
    .option('-m, --message <text>', 'for its history')
    .option('--no-pause', 'let it go on meanwhile')
    .option('-c, --change <line>', 'a line of a Dockerfile that only describes: CMD, ENV …', collect, [])
    .action((given: string, name: string | undefined, flags: CommitFlags) =>
      withEngine((found) => commit(found, { given, name, flags })),
    )
  engine
    .command('export')
    .description('the whole file system of a container as a tar')
    .argument('<container>')
    .option('-o, --output <file>', 'default: the standard output')
    .action((given: string, { output }: { output?: string }) =>
      withEngine(async ({ containers }) => {
        const target = output === undefined ? process.stdout : createWriteStream(resolve(output))
        await pipeline(Readable.from(containers.export(given)), target)
        return 0
      }),
    )
  engine
    .command('container-prune')
    .description('remove the containers that do not run; their logs stay')
    .action(() =>
      withEngine(async ({ containers }) => {
        for (const id of (await containers.prune()).removed) print(id)
        return 0
      }),
    )
}

type CommitFlags = { message?: string; pause: boolean; change: readonly string[] }

async function commit(
  { containers, images }: Engine,
  { given, name, flags }: { given: string; name: string | undefined; flags: CommitFlags },
): Promise<number> {
  const { applyChanges } = await import('@berth/engine/build/apply-changes.ts')
  const { config } = await images.get((await containers.get(given)).image)
  const { digest } = await containers.commit(given, {
    names: name === undefined ? [] : [name],
    pause: flags.pause,
    config: applyChanges(config, flags.change),
    ...(flags.message === undefined ? {} : { comment: flags.message }),
  })
  print(digest)
  return 0
}
