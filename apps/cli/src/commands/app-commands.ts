import { releaseLabel } from '@berth/domain'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { ago, plain, print, printList, stateColumn } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type Listing = { json?: boolean }

/** What a person does with apps, from wherever they are. */
export function addAppCommands(program: Command): void {
  const apps = program.command('apps').description('your apps')
  apps
    .command('list', { isDefault: true })
    .description('those of your teams')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('berth apps'))
    .action(listApps)
  addToApp(apps)
  program
    .command('create')
    .description('make an app')
    .argument('<name>')
    .option('--or-use', 'use the one of this name where it is there')
    .option('--team <name>', 'where you are in several: its name or id')
    .action(createApp)
}

const named = ['[name]', 'the app; left out: --app, or the one of this directory'] as const

function addToApp(apps: Command): void {
  apps
    .command('info')
    .description('all about one')
    .argument(...named)
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps info shop')
    .action(showApp)
  apps
    .command('lock')
    .description('refuse pushes, other configuration, limits and rollbacks until it is unlocked')
    .argument(...named)
    .option('-a, --app <name>')
    .option('--reason <words>', 'what others are told')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps lock shop --reason "until Monday"')
    .action(lockApp)
  apps
    .command('unlock')
    .description('let it be deployed again')
    .argument(...named)
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps unlock shop')
    .action(unlockApp)
  apps
    .command('branch')
    .description('the branch whose pushes deploy; nothing is deployed by choosing one')
    .argument('<branch>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps branch release --app shop')
    .action(chooseBranch)
  apps
    .command('rename')
    .description('another name; its repository, releases and logs stay')
    .argument('<old>')
    .argument('<new>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps rename shop store')
    .action(renameApp)
  apps
    .command('destroy')
    .description('stop and remove everything of it; it cannot be undone')
    .argument('<name>')
    .option('--confirm <name>', 'its name once more')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth apps destroy shop --confirm shop')
    .action(destroyApp)
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
      { title: 'locked', value: ({ lock }) => (lock === null ? '–' : (lock.by ?? 'yes')) },
      { title: 'address', value: (app) => app.url },
    ],
  })
}

async function createApp(name: string, { orUse, team }: { orUse?: boolean; team?: string }): Promise<void> {
  const { apps } = await remote()
  const known = orUse ? (await apps.list.query()).some((app) => app.name === name) : false
  const app = known ? await apps.get.query({ app: name }) : await apps.create.mutate({ name, team })
  print(`${known ? 'Using' : 'Created'} ${app.name}. It will answer at ${app.url}`)
  print(`  git remote add berth ${app.remotes.ssh}`)
  print('  git push berth main')
}

type Named = { app?: string; json?: boolean }

async function showApp(name: string | undefined, options: Named): Promise<void> {
  const app = await chooseApp(name ?? options.app)
  const found = await (await remote()).apps.get.query({ app })
  if (options.json) return print(JSON.stringify(found, null, 2))
  const { live, instances, lock, remotes } = found
  const facts = {
    name: found.name,
    state: found.stoppedAt === null ? found.state : `stopped, ${ago(found.stoppedAt)}`,
    address: found.url,
    release: live?.version ? `${releaseLabel(live.version)}, ${ago(live.finishedAt)}` : '–',
    instances: instances === null ? 'not known now' : `${instances.running} of ${instances.wanted} run`,
    lock: lock === null ? '–' : lockWords(lock),
    branch: found.deployBranch ?? 'main or master, whichever is pushed first',
    git: remotes.ssh,
    '': remotes.http,
    created: found.createdAt.slice(0, 10),
  }
  for (const [title, value] of Object.entries(facts)) print(`${title.padEnd(10)} ${plain(value)}`)
}

function lockWords({ at, by, reason }: { at: string; by: string | null; reason: string | null }): string {
  return `${by === null ? '' : `by ${by}, `}${ago(at)}${reason === null ? '' : `: ${reason}`}`
}

async function lockApp(name: string | undefined, options: Named & { reason?: string }): Promise<void> {
  const app = await chooseApp(name ?? options.app)
  const done = await (await remote()).apps.lock.mutate({ app, reason: options.reason ?? null })
  if (options.json) return print(JSON.stringify({ app, ...done }, null, 2))
  print(`${app} is locked: nothing new is deployed until: berth apps unlock ${app}`)
}

async function unlockApp(name: string | undefined, options: Named): Promise<void> {
  const app = await chooseApp(name ?? options.app)
  const done = await (await remote()).apps.unlock.mutate({ app })
  print(options.json ? JSON.stringify({ app, ...done }, null, 2) : `${app} is unlocked.`)
}

async function chooseBranch(given: string, options: Named): Promise<void> {
  const app = await chooseApp(options.app)
  const { branch } = await (await remote()).apps.setBranch.mutate({ app, branch: given })
  if (options.json) return print(JSON.stringify({ app, branch }, null, 2))
  print(`Pushes to ${branch} deploy ${app} from now on.`)
}

async function renameApp(app: string, name: string, { json }: { json?: boolean }): Promise<void> {
  const renamed = await (await remote()).apps.rename.mutate({ app, name })
  if (json) return print(JSON.stringify(renamed, null, 2))
  print(`${app} is called ${renamed.name} now. It answers at ${renamed.url}`)
  print(`  git remote set-url berth ${renamed.remotes.ssh}`)
}

async function destroyApp(app: string, options: { confirm?: string; json?: boolean }): Promise<void> {
  if (options.confirm === undefined) throw cliError['APP.NOT_CONFIRMED']({ app })
  await (await remote()).apps.remove.mutate({ app, confirmedName: options.confirm })
  print(options.json ? JSON.stringify({ app, removing: true }, null, 2) : `${app} is being removed.`)
}
