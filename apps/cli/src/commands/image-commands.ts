import { localRunner } from '@berth/command'
import { places, readSettings } from '@berth/domain'
import type { ImageStore } from '@berth/engine'
import type { Command } from 'commander'
import { print } from '../output.ts'
import { type ImageListFlags, printImages } from '../print-images.ts'

const bootstrapCache = '/var/cache/berth/bootstrap'

/** Words for root at the machine: images. They work with the platform running and without it: the store is shared. */
export function addImageCommands(program: Command): void {
  const image = program.command('image').description('images, at the machine itself')
  image
    .command('list', { isDefault: true })
    .description('what is there')
    .option('--json', 'as JSON')
    .action((flags: ImageListFlags) => withImages((images) => printImages(images, flags)))
  image
    .command('bootstrap')
    .description('make a base image from the distribution’s packages: debian:bookworm-slim')
    .argument('<name>')
    .option('--refresh', 'with today’s packages')
    .action((name: string, options: { refresh?: boolean }) =>
      withImages((images) => bootstrap(images, name, options)),
    )
  image
    .command('import')
    .description('an image from an archive of a root file system')
    .argument('<archive>', 'a tar, plain or compressed')
    .argument('<name>')
    .action((archive: string, name: string) =>
      withImages(async (images) => print(`${name}  ${(await images.importRootfs(archive, name)).digest}`)),
    )
  image
    .command('load')
    .description('the images of a `docker save` or OCI archive')
    .argument('<archive>')
    .argument('[names...]', 'what to call them; default: the names in the archive')
    .action((archive: string, names: string[]) =>
      withImages(async (images) => {
        const loaded = await images.importArchive(archive, names.length > 0 ? names : undefined)
        for (const { digest } of loaded) print(digest)
      }),
    )
  image
    .command('tag')
    .description('give an image another name')
    .argument('<image>')
    .argument('<name>')
    .action((given: string, name: string) => withImages((images) => images.tag(given, name)))
  image
    .command('remove')
    .description('take a name away; the last one takes the image with it')
    .argument('<image>')
    .action((given: string) => withImages((images) => images.remove(given)))
}

async function withImages(work: (images: ImageStore) => Promise<void>): Promise<void> {
  const { openImageStore, openOverlayFileSystems } = await import('@berth/engine')
  const { engine: home, engineRun: run } = places(readSettings(process.env))
  const fileSystems = await openOverlayFileSystems({ home, run, commands: localRunner })
  try {
    await work(await openImageStore({ home, fileSystems, commands: localRunner }))
  } finally {
    await fileSystems.close()
  }
}

async function bootstrap(
  images: ImageStore,
  name: string,
  { refresh }: { refresh?: boolean },
): Promise<void> {
  const { bootstrapImage } = await import('@berth/engine')
  const { digest } = await bootstrapImage({
    name,
    refresh,
    images,
    commands: localRunner,
    cacheDirectory: bootstrapCache,
    onProgress: (text) => process.stderr.write(`       ${text}\n`),
  })
  print(`${name}  ${digest}`)
}
