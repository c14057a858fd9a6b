import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { Secret } from '@berth/command'
import type { ArchiveOptions, Engine, PullOptions } from '@berth/engine'
import { plainProgress } from '@berth/observe/plain-progress.ts'
import { type Command, Option } from 'commander'
import { cliError } from '../errors.ts'
import { print } from '../output.ts'
import { withEngine } from './with-engine.ts'

type LoginFlags = { username?: string; passwordStdin?: boolean; quiet?: boolean }
type SaveFlags = { output: string; format: 'docker' | 'oci'; compression?: ArchiveOptions['compression'] }

/** What brings images here and away, under Docker's names. */
export function addTransferVerbs(engine: Command): void {
  withLogin(
    engine.command('pull').description('fetch an image from its registry').argument('<image>'),
  ).action((image: string, flags: LoginFlags) =>
    withEngine(async ({ images }) => {
      print((await images.pull(image, await pullOptions(flags))).digest)
      return 0
    }),
  )
  withLogin(
    engine
      .command('push')
      .description('send an image to the registry that its name begins with')
      .argument('<image>'),
  )
    .addOption(new Option('--compression <kind>', 'of the layers').choices(['gzip', 'zstd']).default('gzip'))
    .action((image: string, flags: LoginFlags & { compression: 'gzip' | 'zstd' }) =>
      withEngine(async ({ images }) => {
        const { name, digest } = await images.push(image, {
          ...(await pullOptions(flags)),
          compression: flags.compression,
        })
        print(`${name}@${digest}`)
        return 0
      }),
    )
  engine
    .command('save')
    .description('write images into an archive that docker load and others read')
    .argument('<images...>')
    .requiredOption('-o, --output <archive>', 'the file')
    .addOption(new Option('--format <kind>', 'what to write').choices(['docker', 'oci']).default('docker'))
    .addOption(new Option('--compression <kind>', 'of the layers').choices(['none', 'gzip', 'zstd']))
    .action((given: string[], flags: SaveFlags) => withEngine((found) => save(found, given, flags)))
}

function withLogin(command: Command): Command {
  return command
    .option('-u, --username <name>', 'who you are there')
    .option('--password-stdin', 'read the password, or a token, from the standard input')
    .option('-q, --quiet', 'show no progress')
}

/** A password is never an argument: others on the machine see those. */
async function pullOptions({ username, passwordStdin, quiet }: LoginFlags): Promise<PullOptions> {
  if ((username === undefined) !== !passwordStdin) {
    throw cliError['CLI.BAD_INPUT']({ what: '--username and --password-stdin belong together.' })
  }
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(cliError['CLI.BROKEN_OFF']()))
  const show = plainProgress()
  return {
    signal: stop.signal,
    credentials:
      username === undefined
        ? null
        : { username, password: new Secret((await text(process.stdin)).replace(/\r?\n$/, '')) },
    sink: (event) => {
      if (!quiet) for (const line of show(event)) process.stderr.write(`${line}\n`)
    },
  }
}

async function save({ images }: Engine, given: readonly string[], flags: SaveFlags): Promise<number> {
  const { output, format, compression } = flags
  const options = compression === undefined ? { format } : { format, compression }
  await images.exportArchive(given, resolve(output), options)
  return 0
}
