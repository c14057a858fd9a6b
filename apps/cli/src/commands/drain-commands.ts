import { readFile } from 'node:fs/promises'
import type { Outputs } from '@berth/api'
import type { Command } from 'commander'
import { ask } from '../ask.ts'
import { collect } from '../engine/collect.ts'
import { cliError } from '../errors.ts'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Adding = OfApp & { header: readonly string[]; headerFile: readonly string[]; authority?: string }
type DrainView = Outputs['drains']['list'][number]

/** Where an app's log is sent besides. */
export function addDrainCommands(program: Command): void {
  const drains = program
    .command('drains')
    .description('where the log of an app is sent besides: syslog or HTTP')
    .addHelpText('after', examples)
  const ofApp = (name: string) => drains.command(name).option('-a, --app <name>').option('--json', 'as JSON')
  drains
    .command('list', { isDefault: true })
    .description('where it goes, and how that gets on')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(list)
  ofApp('add')
    .description('send it there too, from now on')
    .argument('<address>', 'syslog+tls://HOST:PORT, syslog+tcp://HOST:PORT or https://…; -: it is asked for')
    .option('--header <name=value>', 'with each HTTP request; may be said again', collect, [])
    .option('--header-file <name=path>', 'the same, its value in a file', collect, [])
    .option('--authority <path>', 'PEM of the authority that the server’s certificate is from')
    .addHelpText('after', examples)
    .action(add)
  ofApp('remove')
    .description('send no more there')
    .argument('<id>')
    .action(remove)
    .addHelpText('after', '\nExample:\n  berth drains remove 1b9d6bcd --app shop')
  ofApp('test')
    .description('send one line there, and say whether it has got there')
    .argument('<id>')
    .action(test)
    .addHelpText('after', '\nExample:\n  berth drains test 1b9d6bcd --app shop')
}

const examples = `
Examples:
  berth drains add syslog+tls://logs.example.com:6514 --app shop
  berth drains add https://logs.example.com/in --header-file Authorization=./key --app shop
  berth drains --app shop`

async function list({ app: given, json }: OfApp): Promise<void> {
  const app = await chooseApp(given)
  printList(await (await remote()).drains.list.query({ app }), {
    json,
    empty: `The log of ${app} is sent nowhere. Add a drain: berth drains add ADDRESS`,
    columns: [
      { title: 'id', value: ({ id }) => id.slice(0, 8) },
      { title: 'to', value: ({ to }) => to },
      { title: 'sent', value: ({ state }) => String(state?.sentLines ?? '–'), align: 'right' },
      { title: 'waiting', value: ({ state }) => String(state?.waitingLines ?? '–'), align: 'right' },
      { title: 'lost', value: ({ state }) => String(state?.lostLines ?? '–'), align: 'right' },
      { title: 'last', value: ({ state }) => ago(state?.lastSentAt ?? null) },
      { title: 'problem', value: ({ state }) => state?.problem?.message ?? '' },
    ],
  })
}

async function add(address: string, options: Adding): Promise<void> {
  const app = await chooseApp(options.app)
  const url = address === '-' ? await ask('Address of the drain: ', { hidden: true }) : address
  const headers = { ...fromPairs(options.header), ...(await fromFiles(options.headerFile)) }
  const authority = options.authority === undefined ? null : await read(options.authority)
  const drain = await (await remote()).drains.add.mutate({ app, url, headers, authority })
  tell(options, drain, `The log of ${app} goes to ${drain.to} from now on (${drain.id.slice(0, 8)}).`)
}

async function remove(id: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const drain = await (await remote()).drains.remove.mutate({ app, id })
  tell(options, drain, `The log of ${app} no longer goes to ${drain.to}.`)
}

async function test(id: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const drain = await (await remote()).drains.test.mutate({ app, id })
  tell(options, drain, `A line has got to ${drain.to}.`)
}

function tell({ json }: OfApp, value: Partial<DrainView>, words: string): void {
  print(json ? JSON.stringify(value, null, 2) : words)
}

function fromPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map(pairOf))
}

async function fromFiles(pairs: readonly string[]): Promise<Record<string, string>> {
  const read1 = async ([name, path]: [string, string]) => [name, (await read(path)).trim()] as const
  return Object.fromEntries(await Promise.all(pairs.map(pairOf).map(read1)))
}

function pairOf(text: string): [string, string] {
  const place = text.indexOf('=')
  if (place < 1) throw cliError['CLI.BAD_INPUT']({ what: 'A header is NAME=VALUE.' })
  return [text.slice(0, place), text.slice(place + 1)]
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw cliError['CLI.BAD_INPUT']({ what: `${path} cannot be read: ${code ?? message}.` }, { cause: error })
  }
}
