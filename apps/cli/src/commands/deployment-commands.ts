import type { DeploymentView } from '@berth/api'
import { isBerthError, releaseLabel } from '@berth/domain'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { followDeployment } from '../follow-deployment.ts'
import { ago, plain, print, printList, stateColumn } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

const shortIdLength = 8
/** As far back as an id is looked for by its beginning. */
const searched = 200

/** What was deployed, or tried. */
export function addDeploymentCommands(program: Command): void {
  const deployments = program.command('deployments').description('what was deployed, or tried')
  deployments
    .command('list', { isDefault: true })
    .description('the newest first')
    .addHelpText('after', examples('berth deployments --app shop'))
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(list)
  deployments
    .command('info')
    .description('one of them, with its log; of one that goes on, until its end')
    .argument('<deployment>', 'its id or the beginning of it, or its release: v12')
    .option('-a, --app <name>')
    .option('--json', 'as JSON, without the log')
    .addHelpText('after', '\nExamples:\n  berth deployments info v12 --app shop')
    .action(info)
  deployments
    .command('cancel')
    .description('break one off; without an id, the newest that goes on')
    .argument('[deployment]', 'its id or the beginning of it, or its release: v12')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth deployments cancel --app shop')
    .action(cancel)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).deployments.list.query({ app }), {
    json: options.json,
    empty: `Nothing was deployed to ${app} yet.`,
    columns: [
      { title: 'id', value: ({ id }) => id.slice(0, shortIdLength) },
      stateColumn((deployment) => deployment.state),
      { title: 'release', value: ({ version }) => (version ? releaseLabel(version) : '–') },
      { title: 'when', value: (deployment) => ago(deployment.createdAt) },
      { title: 'by', value: (deployment) => deployment.by ?? '–' },
      { title: 'what', value: whatOf },
    ],
  })
}

function whatOf({ error, commit, reason }: DeploymentView): string {
  const isOfCommit = reason === null || reason.startsWith('Deploy ')
  return firstLine(error?.message ?? (isOfCommit ? commit?.message : null) ?? reason ?? '')
}

async function info(said: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const found = await find(app, said)
  if (options.json) return print(JSON.stringify(found, null, 2))
  const facts = {
    deployment: found.id,
    state: found.state,
    release: found.version === null ? '–' : releaseLabel(found.version),
    reason: found.reason ?? '–',
    commit: found.commit ? `${found.commit.commit.slice(0, 12)} ${firstLine(found.commit.message)}` : '–',
    by: found.by ?? '–',
    began: found.startedAt ?? '–',
    ended: found.finishedAt ?? '–',
  }
  for (const [name, value] of Object.entries(facts)) print(`${name.padEnd(11)} ${plain(value)}`)
  print('')
  await followDeployment(found.build?.id ?? found.id).catch((error: unknown) => sayEnd(error, found))
}

/** How it ended is told, not failed with: the look at it went well. */
function sayEnd(error: unknown, { error: known }: DeploymentView): void {
  if (!isBerthError(error) || error.code.startsWith('LIVE.') || error.code.startsWith('CLI.')) throw error
  const { message, hint } = known ?? error
  for (const line of [message, ...hint.split('\n')].filter(Boolean)) print(` !     ${plain(line)}`)
}

async function cancel(said: string | undefined, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const { id } = said === undefined ? await newestUnderWay(app) : await find(app, said)
  await (await remote()).deployments.cancel.mutate({ id })
  print(options.json ? JSON.stringify({ app, cancelling: id }, null, 2) : `Cancelling ${id}.`)
}

const underWay: readonly DeploymentView['state'][] = ['queued', 'building', 'starting', 'healthy']

async function newestUnderWay(app: string): Promise<DeploymentView> {
  const all = await (await remote()).deployments.list.query({ app })
  const found = all.find(({ state }) => underWay.includes(state))
  if (found === undefined) throw cliError['CLI.NOTHING_UNDER_WAY']({ app })
  return found
}

/** A release is said as `v12`; several deployments may have had it, and the newest is meant. */
async function find(app: string, said: string): Promise<DeploymentView> {
  const { deployments } = await remote()
  const all = await deployments.list.query({ app, limit: searched })
  const version = /^v(\d{1,9})$/.exec(said)?.[1]
  const isMeant = (one: DeploymentView) =>
    version === undefined
      ? [one.id, one.build?.id, one.deployment?.id].some((id) => id?.startsWith(said))
      : one.version === Number(version)
  const found = said.length >= 2 ? all.filter(isMeant) : []
  if (found.length > 1 && version === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: `${found.length} deployments begin with ${plain(said)}.` })
  if (found[0] !== undefined) return found[0]
  const deployment = version === undefined ? said : Number(version)
  return await deployments.get.query({ app, deployment })
}

function firstLine(text: string): string {
  return plain(text.split('\n')[0] ?? '').slice(0, 72)
}
