import { resolve } from 'node:path'
import type { Engine } from '@berth/engine'
import type { Command } from 'commander'
import { bytes, print } from '../output.ts'
import { type ImageListFlags, printImages } from '../print-images.ts'
import { collect } from './collect.ts'
import { eachNamed } from './each-named.ts'
import { withEngine } from './with-engine.ts'

/** What handles images, under Docker's names. */
export function addImageVerbs(engine: Command): void {
  engine
    .command('images')
    .description('the images that are here')
    .option('-q, --quiet', 'their digests alone')
    .option('--json', 'as JSON')
    .action((flags: ImageListFlags) =>
      withEngine(async ({ images }) => {
        await printImages(images, flags)
        return 0
      }),
    )
  engine
    .command('tag')
    .description('give an image another name')
    .argument('<image>')
    .argument('<name>')
    .action((image: string, name: string) =>
      withEngine(async ({ images }) => {
        await images.tag(image, name)
        return 0
      }),
    )
  engine
    .command('rmi')
    .description('take names away; the last one takes its image with it')
    .argument('<images...>')
    .action((given: string[]) =>
      withEngine(({ images }) => eachNamed(given, (image) => images.remove(image))),
    )
  engine
    .command('load')
    .description('the images of a `docker save` or OCI archive')
    .requiredOption('-i, --input <archive>', 'a tar, plain or compressed')
    .action(({ input }: { input: string }) =>
      withEngine(async ({ images }) => {
        for (const { digest } of await images.importArchive(resolve(input))) print(digest)
        return 0
      }),
    )
  engine
    .command('import')
    .description('an image from an archive of a root file system')
    .argument('<archive>', 'a tar, plain or compressed; - reads it from the standard input')
    .argument('<name>')
    .option('-c, --change <line>', 'a line of a Dockerfile that only describes: CMD, ENV …', collect, [])
    .action((archive: string, name: string, { change }: { change: readonly string[] }) =>
      withEngine(async ({ images }) => {
        const { applyChanges } = await import('@berth/engine/build/apply-changes.ts')
        const { emptyImageConfig } = await import('@berth/engine/store/image-config.ts')
        const source = archive === '-' ? process.stdin : resolve(archive)
        print((await images.importRootfs(source, name, applyChanges(emptyImageConfig(), change))).digest)
        return 0
      }),
    )
  engine
    .command('prune')
    .description(
      'remove images without a name that nothing uses, and layers that nothing needs; never volumes',
    )
    .option('--dry-run', 'only say what would go')
    .action((flags: PruneFlags) => withEngine((found) => prune(found, flags)))
}

type PruneFlags = { dryRun?: boolean }

async function prune({ images }: Engine, { dryRun }: PruneFlags): Promise<number> {
  const { digests, bytes: freed } = await images.prune([], { dryRun: dryRun ?? false })
  for (const digest of digests) print(digest)
  print(`${dryRun ? 'Would free' : 'Freed'} ${bytes(freed)}.`)
  return 0
}
