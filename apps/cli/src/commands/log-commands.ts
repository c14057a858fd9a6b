import { type Command, InvalidArgumentError } from 'commander'
import { plain, print } from '../output.ts'
import { readProfile } from '../profile.ts'
import { fromRemoteError, remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type LogOptions = { app?: string; follow?: boolean; tail: number; instance?: string; json?: boolean }

export function addLogCommands(program: Command): void {
  program
    .command('logs')
    .description('what the instances of an app print')
    .option('-a, --app <name>')
    .option('-f, --follow', 'go on as new lines come')
    .option('-n, --tail <count>', 'how many of the last lines', count, 100)
    .option('-i, --instance <name>', 'of one instance: web.1')
    .option('--json', 'one JSON object a line')
    .action(showLogs)
}

async function showLogs(options: LogOptions): Promise<void> {
  const app = await chooseApp(options.app)
  const { url } = await readProfile()
  const client = await remote()
  await new Promise<void>((resolve, reject) => {
    const input = {
      app,
      follow: options.follow ?? false,
      tail: options.tail,
      instance: options.instance ?? null,
    }
    const subscription = client.logs.follow.subscribe(input, {
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

function readable(line: { at: string; instance: string; text: string }): string {
  return `${line.at.slice(0, 19).replace('T', ' ')} ${line.instance} | ${plain(line.text)}`
}

function count(text: string): number {
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number > 10_000) throw new InvalidArgumentError('a number up to 10000.')
  return number
}
