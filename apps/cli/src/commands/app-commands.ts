import { releaseLabel } from '@berth/domain'
import type { Command } from 'commander'
import { ago, plain, print, printList, stateColumn } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type Listing = { json?: boolean }
type OfApp = Listing & { app?: string }

/** What a person does with apps, from wherever they are. */
export function addAppCommands(program: Command): void {
  program.command('apps').description('your apps').option('--json', 'as JSON').action(listApps)
  program
    .command('create')
    .description('make an app')
    .argument('<name>')
    .option('--or-use', 'use the one of this name where it is there')
    .action(createApp)
  program
    .command('releases')
    .description('what was released, the newest first')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(listReleases)
  program
    .command('deployments')
    .description('what was deployed, or tried, the newest first')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(listDeployments)
  program
    .command('ps')
    .description('the instances of an app')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(listInstances)
}

async function listApps({ json }: Listing): Promise<void> {
  printList(await (await remote()).apps.list.query(), {
    json,
    empty: 'No apps yet. Make one: berth create NAME',
    columns: [
      { title: 'name', value: (app) => app.name },
      stateColumn((app) => app.state),
      { title: 'release', value: (app) => (app.live?.version ? releaseLabel(app.live.version) : '–') },
      { title: 'deployed', value: (app) => ago(app.live?.finishedAt ?? null) },
      { title: 'address', value: (app) => app.url },
    ],
  })
}

async function createApp(name: string, { orUse }: { orUse?: boolean }): Promise<void> {
  const { apps } = await remote()
  const known = orUse ? (await apps.list.query()).some((app) => app.name === name) : false
  const app = known ? await apps.get.query({ app: name }) : await apps.create.mutate({ name })
  print(`${known ? 'Using' : 'Created'} ${app.name}. It will answer at ${app.url}`)
  print(`  git remote add berth ${app.remotes.ssh}`)
  print('  git push berth main')
}

async function listReleases(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).releases.list.query({ app }), {
    json: options.json,
    empty: `${app} has no release yet. Push one: git push berth main`,
    columns: [
      { title: 'release', value: (release) => releaseLabel(release.version) },
      { title: 'when', value: (release) => ago(release.createdAt) },
      { title: 'by', value: (release) => release.by ?? '–' },
      { title: 'commit', value: (release) => release.commit?.commit.slice(0, 8) ?? '–' },
      { title: 'what', value: (release) => firstLine(release.commit?.message ?? release.reason) },
    ],
  })
}

async function listDeployments(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).deployments.list.query({ app }), {
    json: options.json,
    empty: `Nothing was deployed to ${app} yet.`,
    columns: [
      stateColumn((deployment) => deployment.state),
      { title: 'release', value: ({ version }) => (version ? releaseLabel(version) : '–') },
      { title: 'when', value: (deployment) => ago(deployment.createdAt) },
      { title: 'by', value: (deployment) => deployment.by ?? '–' },
      {
        title: 'what',
        value: ({ error, commit, reason }) => firstLine(error?.message ?? commit?.message ?? reason ?? ''),
      },
    ],
  })
}

async function listInstances(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList((await (await remote()).instances.list.query({ app })) ?? [], {
    json: options.json,
    empty: `${app} has no instance now.`,
    columns: [
      { title: 'instance', value: (instance) => instance.name },
      stateColumn((instance) => instance.state),
      { title: 'release', value: (instance) => releaseLabel(instance.releaseVersion) },
      { title: 'since', value: (instance) => ago(instance.startedAt) },
      { title: 'restarts', value: (instance) => String(instance.restarts), align: 'right' },
      { title: 'health', value: ({ health }) => healthWords(health) },
    ],
  })
}

function healthWords(health: { state: string; reason: string | null } | null): string {
  if (health === null) return '–'
  return health.reason === null ? health.state : `${health.state}: ${plain(health.reason)}`
}

function firstLine(text: string): string {
  return plain(text.split('\n')[0] ?? '').slice(0, 72)
}
