import type { ConfigurationChanged } from '@berth/api'
import { isBerthError } from '@berth/domain'
import { type Command, Option } from 'commander'
import { finishDeployment } from '../finish-deployment.ts'
import { followDeployment } from '../follow-deployment.ts'
import { ago, bytes, plain, print, printList } from '../output.ts'
import { fromInput, fromWords, readContent } from '../read-input.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Changing = OfApp & { wait: boolean }

/** What an app is told: variables in the environment of its instances, and files under /run/secrets. */
export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('the configuration of an app')
  config
    .command('list', { isDefault: true })
    .description('the variables that are set')
    .option('-a, --app <name>')
    .option('-r, --reveal', 'with their values')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth config --app shop\n  berth config --reveal --app shop')
    .action(list)
  config
    .command('get')
    .description('the value of a variable')
    .argument('<name>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth config get GREETING --app shop')
    .action(get)
  changing(config.command('set'))
    .description('set variables, as one release')
    .argument('<assignments...>', 'NAME=value; with --stdin a name alone')
    .option('--stdin', 'read the value of the one name from standard input')
    .addHelpText(
      'after',
      '\nExamples:\n  berth config set GREETING=hello COLOR=blue --app shop\n  pass show key | berth config set KEY --stdin --app shop',
    )
    .action(set)
  changing(config.command('unset'))
    .description('remove variables, as one release')
    .argument('<names...>')
    .addHelpText('after', '\nExample:\n  berth config unset GREETING COLOR --app shop')
    .action(unset)
  changing(config.command('import'))
    .description('set the variables of a .env file, as one release')
    .argument('[file]', 'left out, or -: standard input', '-')
    .addHelpText(
      'after',
      '\nExamples:\n  berth config import .env --app shop\n  berth config import - --app shop < .env',
    )
    .action(importFile)
  config
    .command('export')
    .description('all variables with their values, to save or to load elsewhere')
    .option('-a, --app <name>')
    .addOption(new Option('--format <format>').choices(['env', 'json', 'shell']).default('env'))
    .addHelpText(
      'after',
      '\nExamples:\n  berth config export --app shop > .env\n  eval "$(berth config export --format shell --app shop)"',
    )
    .action(exportAll)
  config
    .command('history')
    .description('which release changed what, by name')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth config history --app shop')
    .action(history)
  addFileCommands(config)
}

function addFileCommands(config: Command): void {
  const file = config.command('file').description('files that every instance finds under /run/secrets')
  file
    .command('list', { isDefault: true })
    .description('the secret files that are set')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth config file --app shop')
    .action(listFiles)
  changing(file.command('set'))
    .description('keep a file for the instances, encrypted')
    .argument('<name>', 'what it is called under /run/secrets')
    .requiredOption('--from <path>', 'where its content is; - for standard input')
    .addHelpText('after', '\nExample:\n  berth config file set key.pem --from ./key.pem --app shop')
    .action(setFile)
  changing(file.command('unset'))
    .description('remove a file')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  berth config file unset key.pem --app shop')
    .action(unsetFile)
}

function changing(command: Command): Command {
  return command
    .option('-a, --app <name>')
    .option('--no-wait', 'do not wait until it is live')
    .option('--json', 'as JSON')
}

async function list(options: OfApp & { reveal?: boolean }): Promise<void> {
  const app = await chooseApp(options.app)
  const { configuration } = await remote()
  const rows: { name: string; value: string | null }[] = options.reveal
    ? Object.entries(await configuration.read.query({ app })).map(([name, value]) => ({ name, value }))
    : (await configuration.list.query({ app })).variables.map((name) => ({ name, value: null }))
  printList(rows, {
    json: options.json,
    empty: `${app} has no variables. Set one: berth config set NAME=value`,
    columns: [
      { title: 'name', value: ({ name }) => name },
      { title: 'value', value: ({ value }) => value?.replaceAll('\n', '\\n') ?? '(hidden)' },
    ],
  })
}

async function get(variable: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const { value } = await (await remote()).configuration.get.query({ app, variable })
  print(options.json ? JSON.stringify({ name: variable, value }) : forOutput(value))
}

async function set(assignments: string[], options: Changing & { stdin?: boolean }): Promise<void> {
  const variables = options.stdin ? await fromInput(assignments) : fromWords(assignments)
  const app = await chooseApp(options.app)
  await tell(options, app, await (await remote()).configuration.set.mutate({ app, variables }))
}

async function unset(variables: string[], options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  await tell(options, app, await (await remote()).configuration.unset.mutate({ app, variables }))
}

async function importFile(path: string, options: Changing): Promise<void> {
  const given = await readContent(path)
  const app = await chooseApp(options.app)
  const asked = { app, text: given.toString('utf8') }
  await tell(options, app, await (await remote()).configuration.import.mutate(asked))
}

async function exportAll({
  app: given,
  format,
}: OfApp & { format: 'env' | 'json' | 'shell' }): Promise<void> {
  const app = await chooseApp(given)
  const exported = await (await remote()).configuration.export.query({ app, format })
  process.stdout.write(process.stdout.isTTY ? plain(exported.text) : exported.text)
}

async function history(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const { changes } = await (await remote()).configuration.history.query({ app, releases: 100 })
  printList(changes, {
    json: options.json,
    empty: `No release of ${app} was told anything yet.`,
    columns: [
      { title: 'release', value: ({ version }) => `v${version}` },
      { title: 'when', value: ({ at }) => ago(at) },
      { title: 'by', value: ({ by }) => by ?? '–' },
      { title: 'what', value: ({ variables, secretFiles }) => sayNames(variables, secretFiles) },
    ],
  })
}

type Difference = ConfigurationChanged['variables']

/** `+NEW ~CHANGED -GONE` */
function sayNames(...differences: Difference[]): string {
  const signed = (sign: string, names: readonly string[]) => names.map((name) => sign + name)
  const all = differences.flatMap(({ added, changed, removed }) => [
    ...signed('+', added),
    ...signed('~', changed),
    ...signed('-', removed),
  ])
  return all.join(' ')
}

async function listFiles(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList((await (await remote()).configuration.list.query({ app })).secretFiles, {
    json: options.json,
    empty: `${app} has no secret files. Set one: berth config file set NAME --from PATH`,
    columns: [
      { title: 'file', value: ({ name }) => name },
      { title: 'size', value: (file) => bytes(file.bytes), align: 'right' },
    ],
  })
}

async function setFile(file: string, options: Changing & { from: string }): Promise<void> {
  const given = await readContent(options.from)
  const app = await chooseApp(options.app)
  const asked = { app, file, content: given.toString('base64') }
  await tell(options, app, await (await remote()).configuration.setFile.mutate(asked))
}

async function unsetFile(file: string, options: Changing): Promise<void> {
  const app = await chooseApp(options.app)
  await tell(options, app, await (await remote()).configuration.unsetFile.mutate({ app, file }))
}

/** What changed, and how its deployment goes. @throws the error that it ended with */
async function tell({ json, wait }: Changing, app: string, changed: ConfigurationChanged): Promise<void> {
  const { begun } = changed
  if (!json) for (const line of linesOf(changed)) print(line)
  if (begun && json && wait) await follow(app, begun.deploymentId, () => quietly(begun.deploymentId))
  if (begun && !json) await follow(app, begun.deploymentId, () => finishDeployment(begun, { app, wait }))
  if (json) print(JSON.stringify({ app, ...changed }, null, 2))
}

const quietly = (id: string) => followDeployment(id, { quiet: true })

/** A release that was made meanwhile takes the place of one that still waits, and was told this as well. */
async function follow(app: string, id: string, toItsEnd: () => Promise<void>): Promise<void> {
  try {
    await toItsEnd()
  } catch (error) {
    const newer = isBerthError(error, 'DEPLOY.SUPERSEDED') ? await newestOf(app) : id
    if (newer === id) throw error
    await follow(app, newer, () => quietly(newer))
  }
}

async function newestOf(app: string): Promise<string> {
  const [newest] = await (await remote()).deployments.list.query({ app, limit: 1 })
  return newest?.deployment?.id ?? newest?.id ?? ''
}

function linesOf({ variables, secretFiles, begun }: ConfigurationChanged): string[] {
  const set = [...variables.added, ...variables.changed, ...secretFiles.added, ...secretFiles.changed]
  const removed = [...variables.removed, ...secretFiles.removed]
  if (set.length + removed.length === 0) return ['Nothing differs from what is set: nothing to do.']
  return [
    ...(set.length > 0 ? [`Set ${set.join(', ')}.`] : []),
    ...(removed.length > 0 ? [`Removed ${removed.join(', ')}.`] : []),
    ...(begun === null ? ['It counts from the first push on.'] : []),
  ]
}

/** A terminal is not for control characters; a pipe gets what is kept. */
function forOutput(value: string): string {
  return process.stdout.isTTY ? plain(value) : value
}
