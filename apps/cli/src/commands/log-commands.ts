import type { Inputs } from '@berth/api'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { plain, print } from '../output.ts'
import { parseTime } from '../parse-time.ts'
import { readProfile } from '../profile.ts'
import { fromRemoteError, remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type Asked = Inputs['logs']['follow']

type LogOptions = Pick<
  Asked,
  'instance' | 'process' | 'release' | 'source' | 'only' | 'stream' | 'search' | 'grep'
> & {
  app?: string
  follow?: boolean
  tail: number
  since?: string
  until?: string
  json?: boolean
}

type Line = { at: string; source: string; instance: string; text: string }

const sources = ['app', 'router', 'deploy', 'cron', 'berth'] as const

export function addLogCommands(program: Command): void {
  program
    .command('logs')
    .description('what an app prints, the requests to it, and what Berth says of it')
    .option('-a, --app <name>')
    .option('-f, --follow', 'go on as new lines come')
    .option('-n, --tail <count>', 'how many of the last lines', count, 100)
    .option('--since <time>', 'not before: 10m, 2h, 3d ago, or 2026-11-22T10:00', (text) => parseTime(text))
    .option('--until <time>', 'not after', (text) => parseTime(text))
    .option('-i, --instance <name>', 'of one instance: web.1')
    .option('-p, --process <type>', 'of one process type: web')
    .option('-r, --release <version>', 'of one release: v12', version)
    .addOption(new Option('-s, --source <source>', 'of one source').choices([...sources]))
    .option(
      '--only <parts>',
      'of several instances, process types and sources: web.1,worker,router',
      (text) => text.split(','),
    )
    .addOption(new Option('--stream <stream>', 'of one stream').choices(['stdout', 'stderr']))
    .option('--search <text>', 'lines with this text in them, in letters of either case')
    .option('--grep <pattern>', 'lines that match a regular expression, without back references')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples)
    .action(showLogs)
}

const examples = `
Examples:
  berth logs --follow --app shop
  berth logs --since 1h --process web --search "timed out" --app shop
  berth logs --source router --grep "status=5\\d\\d" -n 1000 --app shop`

async function showLogs(options: LogOptions): Promise<void> {
  const app = await chooseApp(options.app)
  const { url } = await readProfile()
  const client = await remote()
  await new Promise<void>((resolve, reject) => {
    const subscription = client.logs.follow.subscribe(asked(app, options), {
      onData: ({ data }) => {
        for (const line of data) print(options.json ? JSON.stringify(line) : readable(line))
      },
      onError: (error) => reject(fromRemoteError(error, url)),
      onComplete: () => resolve(),
      onStopped: () => resolve(),
    })
    process.once('SIGINT', () => {
      subscription.unsubscribe()
      resolve()
    })
  })
}

function asked(app: string, options: LogOptions): Asked {
  const { instance, process, release, source, only, stream, search, grep, since, until, tail } = options
  const filter = { instance, process, release, source, only, stream, search, grep, since, until }
  return { app, tail, follow: options.follow ?? false, ...filter }
}

/** `2026-11-22 10:00:00 app[web.1] text`, as Heroku’s are. */
function readable({ at, source, instance, text }: Line): string {
  const from = instance === source ? source : `${source}[${instance}]`
  return `${at.slice(0, 19).replace('T', ' ')} ${from} ${plain(text)}`
}

function count(text: string): number {
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number > 10_000) throw new InvalidArgumentError('a number up to 10000.')
  return number
}

function version(text: string): number {
  const [, digits] = /^v?(\d{1,9})$/.exec(text) ?? []
  if (digits === undefined || Number(digits) < 1) throw new InvalidArgumentError('a release, such as v12.')
  return Number(digits)
}
