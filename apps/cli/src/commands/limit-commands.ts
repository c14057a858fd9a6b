import type { LimitsView } from '@berth/api'
import { saySize } from '@berth/domain'
import { type Command, InvalidArgumentError } from 'commander'
import { parseSize } from '../engine/sizes.ts'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { finishDeployment } from '../finish-deployment.ts'
import { print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Changing = OfApp & { wait: boolean }
type Limits = { memory?: number; cpu?: number }

/** What one instance of a process type may use. */
export function addLimitCommands(program: Command): void {
  const limits = program.command('limits').description('what one instance may use, by process type')
  limits
    .command('list', { isDefault: true })
    .description('the limits as they are set')
    .addHelpText('after', examples('berth limits --app shop'))
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(list)
  limits
    .command('set')
    .description('set them: a new release, whose instances replace the others without downtime')
    .argument('<type>', 'web; or release, for the tasks of a deployment')
    .option('--memory <size>', '512m, 1.5g', parseSize)
    .option('--cpu <cores>', '0.5 is half of one', readCores)
    .option('-a, --app <name>')
    .option('--no-wait', 'do not wait until it is live')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth limits set web --memory 512m --cpu 0.5 --app shop')
    .action(set)
  limits
    .command('unset')
    .description("back to the platform's own")
    .argument('<type>')
    .option('-a, --app <name>')
    .option('--no-wait', 'do not wait until it is live')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth limits unset web --app shop')
    .action(unset)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).limits.list.query({ app }), {
    json: options.json,
    empty: `${app} has no process types yet. Push it: git push berth main`,
    columns: [
      { title: 'type', value: ({ type }) => type },
      { title: 'memory', value: ({ memoryBytes }) => saySize(memoryBytes), align: 'right' },
      { title: 'cpu', value: ({ cpus }) => (cpus === null ? 'what is free' : String(cpus)) },
      { title: 'set by', value: ({ isDefault }) => (isDefault ? 'the platform' : 'you') },
    ],
  })
}

async function set(type: string, { memory, cpu, ...options }: Limits & Changing): Promise<void> {
  if (memory === undefined && cpu === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: 'Say --memory, --cpu or both.' })
  const app = await chooseApp(options.app)
  const input = { app, type, memoryBytes: memory, cpus: cpu }
  await report(app, await (await remote()).limits.set.mutate(input), options)
}

async function unset(type: string, options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  await report(app, await (await remote()).limits.unset.mutate({ app, type }), options)
}

type Changed = {
  limits: LimitsView
  changed: boolean
  begun: { version: number; deploymentId: string } | null
}

async function report(app: string, { limits, changed, begun }: Changed, options: Changing): Promise<void> {
  const { type, memoryBytes, cpus } = limits
  const words = `${type}: ${saySize(memoryBytes)} of memory, ${cpus === null ? 'what is free of' : cpus} CPU`
  if (!options.json) print(changed ? words : `${words}. Nothing to change: it is so already.`)
  if (begun !== null) return await finishDeployment(begun, { ...options, app })
  if (options.json) return print(JSON.stringify({ app, limits, changed }, null, 2))
  if (changed) print('Nothing is deployed yet: it counts from the first deployment on.')
}

function readCores(text: string): number {
  if (!/^\d{1,4}(?:\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('a number of cores: 0.5')
  return Number(text)
}
