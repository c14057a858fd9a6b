import { isBerthError, releaseLabel } from '@berth/domain'
import type { InstanceView } from '@berth/observe'
import { type Command, InvalidArgumentError } from 'commander'
import { examples } from '../examples.ts'
import { finishDeployment } from '../finish-deployment.ts'
import { ago, plain, print, printList, stateColumn } from '../output.ts'
import { remote } from '../remote.ts'
import { isWanted, untilInstances } from '../until-instances.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Changing = OfApp & { wait: boolean }

const noWait = ['--no-wait', 'do not wait until it is so'] as const

/** An app's instances: what runs, how many, and anew. */
export function addProcessCommands(program: Command): void {
  const ps = program.command('ps').description('the instances of an app: look, scale, restart, stop')
  ofApp(ps.command('list', { isDefault: true }))
    .description('what runs now')
    .addHelpText('after', examples('berth ps --app shop'))
    .action(listInstances)
  ofApp(ps.command('scale'))
    .description('how many instances of a process type run; without a number, how many should')
    .argument('[type=count...]', 'web=2 worker=1', readQuantity, {})
    .option(...noWait)
    .addHelpText('after', examples('berth ps scale web=2 worker=1 --app shop', 'berth ps scale --app shop'))
    .action(scale)
  ofApp(ps.command('restart'))
    .description('start anew, without downtime: all of it, a process type or one instance')
    .argument('[what]', 'web, or web.1')
    .option(...noWait)
    .addHelpText('after', examples('berth ps restart --app shop', 'berth ps restart web.1 --app shop'))
    .action(restart)
  ofApp(ps.command('stop'))
    .description('stop every instance, until `berth ps start` or the next push')
    .option(...noWait)
    .addHelpText('after', examples('berth ps stop --app shop'))
    .action(stop)
  ofApp(ps.command('kill'))
    .description('end a one-off instance')
    .argument('<name>', 'run.1')
    .addHelpText('after', examples('berth ps kill run.1 --app shop'))
    .action(kill)
  ofApp(ps.command('start'))
    .description('start what was stopped')
    .option(...noWait)
    .addHelpText('after', examples('berth ps start --app shop'))
    .action(start)
}

function ofApp(command: Command): Command {
  return command.option('-a, --app <name>').option('--json', 'as JSON')
}

async function listInstances(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const { instances, oneOffs } = await remote()
  const [own, beside] = await Promise.all([instances.list.query({ app }), oneOffs.list.query({ app })])
  printList([...(own ?? []), ...(beside ?? [])], {
    json: options.json,
    empty: `${app} has no instance now.`,
    columns: [
      { title: 'instance', value: (instance) => instance.name },
      stateColumn((instance) => instance.state),
      { title: 'release', value: (instance) => releaseLabel(instance.releaseVersion) },
      { title: 'since', value: (instance) => ago(instance.startedAt) },
      {
        title: 'restarts',
        value: (instance) => ('restarts' in instance ? String(instance.restarts) : '–'),
        align: 'right',
      },
      { title: 'health', value: (instance) => ('health' in instance ? healthWords(instance.health) : '–') },
    ],
  })
}

async function kill(name: string, { json, ...options }: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const { stopped } = await (await remote()).oneOffs.stop.mutate({ app, instance: name })
  print(json ? JSON.stringify({ app, stopped }, null, 2) : `${stopped} is ended.`)
}

function healthWords(health: { state: string; reason: string | null } | null): string {
  if (health === null) return '–'
  return health.reason === null ? health.state : `${health.state}: ${plain(health.reason)}`
}

type Quantities = Record<string, number>

function readQuantity(word: string, before: Quantities): Quantities {
  const [, type, count] = /^([^=]+)=(\d{1,9})$/.exec(word) ?? []
  if (type === undefined) throw new InvalidArgumentError('a process type and a number: web=2')
  if (Object.hasOwn(before, type)) throw new InvalidArgumentError(`${plain(type)} is said twice.`)
  return { ...before, [type]: Number(count) }
}

async function scale(quantities: Quantities, options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  const client = await remote()
  if (Object.keys(quantities).length === 0) return listProcesses(app, options)
  const { changes, state } = await client.processes.scale.mutate({ app, quantities })
  if (!options.json) for (const { type, before, after } of changes) print(`${type}: ${before} → ${after}`)
  if (!options.json && changes.length === 0) print('Nothing to change: it is so already.')
  if (state === 'running' && options.wait) await untilScaled(app, quantities, options)
  if (options.json) return print(JSON.stringify({ app, changes, state }, null, 2))
  if (state === 'stopped') print(`${app} is stopped: it counts once it is started (berth ps start).`)
  if (state === 'not-deployed') print('Nothing is deployed yet: it counts from the first deployment on.')
}

async function listProcesses(app: string, { json }: OfApp): Promise<void> {
  printList(await (await remote()).processes.list.query({ app }), {
    json,
    empty: `${app} has no process types yet. Push it: git push berth main`,
    columns: [
      { title: 'type', value: ({ type }) => type },
      { title: 'quantity', value: ({ quantity }) => String(quantity), align: 'right' },
      { title: 'command', value: ({ command }) => command ?? "(the image's own)" },
    ],
  })
}

async function untilScaled(app: string, quantities: Quantities, { json }: OfApp): Promise<void> {
  const types = Object.entries(quantities)
  const concerns = ({ processType }: InstanceView) => Object.hasOwn(quantities, processType)
  const isSo = (instances: readonly InstanceView[]) =>
    types.every(([type, quantity]) => {
      const own = instances.filter(({ processType }) => processType === type)
      return own.length === quantity && own.every(({ state }) => state === 'running')
    })
  await untilInstances({ app, what: 'The scaling', isSo, concerns, quiet: json })
}

async function restart(what: string | undefined, options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  const restarting = await (await remote()).processes.restart.mutate({ app, what: what ?? null })
  if (restarting.kind === 'deployment') return await finishDeployment(restarting, { ...options, app })
  const { replaced } = restarting
  if (!options.json) for (const { name } of replaced) print(`Restarting ${name}`)
  if (options.wait) await untilReplaced(app, { what: what ?? app, replaced, json: options.json })
  if (options.json) print(JSON.stringify({ app, restarted: replaced.map(({ name }) => name) }, null, 2))
}

async function untilReplaced(
  app: string,
  given: { what: string; replaced: readonly { containerId: string }[]; json?: boolean },
): Promise<void> {
  const gone = new Set(given.replaced.map(({ containerId }) => containerId))
  const concerns = ({ name, processType }: InstanceView) => [name, processType].includes(given.what)
  const isSo = (instances: readonly InstanceView[]) =>
    !instances.some(({ containerId }) => gone.has(containerId)) &&
    instances.filter(concerns).every(({ state }) => state === 'running')
  await untilInstances({ app, what: 'The restart', isSo, concerns, quiet: given.json })
}

async function stop(options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  const { changed } = await (await remote()).processes.stop.mutate({ app })
  const isSo = (instances: readonly InstanceView[]) => instances.length === 0
  if (options.wait)
    await untilInstances({ app, what: 'Stopping', isSo, concerns: () => true, quiet: options.json }).catch(
      ignoreCrashes,
    )
  if (options.json) return print(JSON.stringify({ app, stopped: true, changed }, null, 2))
  print(changed ? `${app} is stopped. Start it: berth ps start --app ${app}` : `${app} was stopped already.`)
}

/** What crashed before it was stopped is no matter any more. */
function ignoreCrashes(error: unknown): void {
  if (!isBerthError(error, 'CLI.INSTANCE_CRASHES')) throw error
}

async function start(options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  const client = await remote()
  const { changed } = await client.processes.start.mutate({ app })
  if (options.wait) {
    const wanted = await client.processes.list.query({ app })
    const count = wanted.reduce((sum, { quantity }) => sum + quantity, 0)
    const isSo = (instances: readonly InstanceView[]) =>
      instances.filter(({ state }) => state === 'running').length >= count && instances.every(isWanted)
    await untilInstances({ app, what: 'Starting', isSo, concerns: () => true, quiet: options.json })
  }
  if (options.json) return print(JSON.stringify({ app, stopped: false, changed }, null, 2))
  print(changed ? `${app} is started.` : `${app} was not stopped.`)
}
