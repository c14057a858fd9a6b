import type { AttachBegin } from '@berth/observe'
import type { Command } from 'commander'
import { duration, durationWords } from '../duration.ts'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { print } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type Terminal = { app?: string; tty?: boolean }
type Running = Terminal & { entrypoint: boolean; detached?: boolean; timeout?: number; json?: boolean }

/** Commands beside an app's instances, and in them. */
export function addOneOffCommands(program: Command): void {
  withTerminal(program.command('run'))
    .description('run a command in a one-off instance of what is live')
    .argument('<command...>')
    .passThroughOptions()
    .option('--no-entrypoint', 'in place of the image’s ENTRYPOINT, not behind it')
    .option('-d, --detached', 'do not wait for it; its output goes to the log')
    .option('--timeout <time>', 'how long a detached one may run: 90s, 10m, 1h (default 24h)', duration)
    .option('--json', 'of a detached one: its name, as JSON')
    .addHelpText(
      'after',
      examples(
        'berth run --app shop -- bin/rails db:migrate',
        'berth run --app shop -- bash',
        'berth run --app shop --detached --timeout 1h -- bin/import',
      ),
    )
    .action(run)
  withTerminal(program.command('exec'))
    .description('run a further command in a running instance; without one, a shell')
    .argument('<instance>', 'web.1')
    .argument('[command...]')
    .addHelpText('after', examples('berth exec web.1 --app shop -- ls -l', 'berth exec web.1 --app shop'))
    .action(exec)
  withTerminal(program.command('console'))
    .description('the Procfile’s `console:`, or a shell, in a one-off instance')
    .addHelpText('after', examples('berth console --app shop'))
    .action(openConsole)
}

function withTerminal(command: Command): Command {
  return command
    .option('-a, --app <name>')
    .option('-t, --tty', 'with a terminal, where this is none')
    .option('--no-tty', 'without one, where this is one')
}

async function run(command: string[], options: Running): Promise<void> {
  if (options.detached) return runDetached(command, options)
  if (options.timeout !== undefined)
    throw cliError['CLI.BAD_INPUT']({ what: '--timeout is for a detached one: add --detached.' })
  await join(options, { what: 'run', command, instance: null, entrypoint: options.entrypoint })
}

async function runDetached(command: string[], options: Running): Promise<void> {
  const app = await chooseApp(options.app)
  const { oneOffs } = await remote()
  const { entrypoint, timeout } = options
  const { name, timeoutMs } = await oneOffs.run.mutate({ app, command, entrypoint, timeoutMs: timeout })
  if (options.json) return print(JSON.stringify({ app, name, timeoutMs }, null, 2))
  print(`Running ${name}, for ${durationWords(timeoutMs)} at most`)
  print(`  berth logs -f --app ${app} --instance ${name}`)
  print(`  berth ps kill ${name} --app ${app}`)
}

async function exec(instance: string, command: string[], options: Terminal): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,39}\.[1-9]\d{0,4}$/.test(instance))
    throw cliError['CLI.BAD_INPUT']({ what: 'Which instance? Name it like web.1; `berth ps` lists them.' })
  await join(options, { what: 'exec', command, instance, entrypoint: false })
}

async function openConsole(options: Terminal): Promise<void> {
  await join(options, { what: 'console', command: [], instance: null, entrypoint: true })
}

async function join(options: Terminal, what: Omit<AttachBegin, 'terminal' | 'input'>): Promise<void> {
  const app = await chooseApp(options.app)
  const [{ openSession }, { converse }] = await Promise.all([
    import('../attach/open-session.ts'),
    import('../attach/converse.ts'),
  ])
  const { stdin, stdout } = process
  const wantsTerminal = options.tty ?? (stdin.isTTY && stdout.isTTY)
  const terminal = wantsTerminal ? { columns: stdout.columns || 80, rows: stdout.rows || 24 } : null
  const code = await converse(await openSession(app), { ...what, terminal, input: true })
  process.exitCode = code
}
