import { access } from 'node:fs/promises'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { followDeployment } from '../follow-deployment.ts'
import { print } from '../output.ts'
import { readProfile } from '../profile.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type Options = {
  app?: string
  image?: string
  pull?: boolean
  git?: string
  ref?: string
  archive?: string
  wait: boolean
  json?: boolean
}

export function addDeployCommands(program: Command): void {
  program
    .command('deploy')
    .description('deploy without a push: an image, a repository elsewhere, or an archive')
    .option('--image <name>', 'one that is here, or of a registry')
    .option('--pull', "with --image: the registry's, though one of this name is here")
    .option('--git <url>', 'a repository that the platform fetches: https://…')
    .option('--ref <name>', 'with --git: a branch, a tag or a commit; left out: the default branch')
    .option('--archive <file>', 'a .tar, .tar.gz, .tar.zst or .tar.xz of the sources')
    .option('-a, --app <name>')
    .option('--no-wait', 'do not wait until it is live')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  berth deploy --image ghcr.io/acme/shop:1.2 --app shop
  berth deploy --git https://github.com/acme/shop.git --ref main --app shop
  berth deploy --archive shop.tar.gz --app shop`,
    )
    .action(deploy)
}

async function deploy(options: Options): Promise<void> {
  const { image, git, archive } = options
  const said = [image, git, archive].filter((source) => source !== undefined)
  if (said.length !== 1)
    throw cliError['CLI.BAD_INPUT']({ what: 'Say one of --image NAME, --git URL and --archive FILE.' })
  if (options.ref !== undefined && git === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: '--ref belongs to --git.' })
  if (options.pull && image === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: '--pull belongs to --image.' })
  const app = await chooseApp(options.app)
  if (archive !== undefined) return await deployArchive(app, archive, options)
  const client = await remote()
  const { buildId } =
    image !== undefined
      ? await client.deploy.image.mutate({ app, reference: image, pull: options.pull ?? false })
      : await client.deploy.git.mutate({ app, url: git ?? '', ref: options.ref ?? null })
  if (options.wait) await followDeployment(buildId, { quiet: options.json })
  await report(app, { id: buildId, ...options })
}

/** The commit is made here and pushed, so that the platform unpacks nothing; a push is always waited for. */
async function deployArchive(app: string, file: string, { json, wait }: Options): Promise<void> {
  if (!wait) throw cliError['CLI.BAD_INPUT']({ what: 'An archive is pushed, and a push is waited for.' })
  await access(file).catch((error: Error) => {
    throw cliError['CLI.BAD_ARCHIVE']({ file, reason: 'it cannot be read' }, { cause: error })
  })
  const client = await remote()
  const [found, me, { token }] = await Promise.all([
    client.apps.get.query({ app }),
    client.people.me.query(),
    readProfile(),
  ])
  const { pushArchive } = await import('../deploy/push-archive.ts')
  await pushArchive({
    ...{ app, file, token },
    remote: found.remotes.http,
    branch: found.deployBranch ?? 'main',
    author: { name: me.name, email: me.email },
    tell: (line) => json || print(line),
  })
  const [latest] = await client.deployments.list.query({ app, limit: 1 })
  if (json) print(JSON.stringify({ app, id: latest?.id, version: latest?.version, state: 'live' }, null, 2))
}

async function report(app: string, { id, wait, json }: Options & { id: string }): Promise<void> {
  const { deployments, apps } = await remote()
  const { version, state } = await deployments.get.query({ app, deployment: id })
  if (json) return print(JSON.stringify({ app, id, version, state }, null, 2))
  if (!wait) return print(`${app} will be built and deployed: berth deployments info ${id.slice(0, 8)}`)
  print(`=====> Deployed ${app} v${version}.`)
  print(`       ${(await apps.get.query({ app })).url}`)
}
