import { setTimeout as sleep } from 'node:timers/promises'
import { type CronOverlap, cronOverlaps, fromErrorRecord } from '@berth/domain'
import { type Command, Option } from 'commander'
import { duration, durationWords } from '../duration.ts'
import { examples } from '../examples.ts'
import { ago, plain, print, printList, stateColumn } from '../output.ts'
import { type Remote, remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Adding = OfApp & { name?: string; overlap?: CronOverlap; timeout?: number }

const lookEveryMs = 500

/** Commands on a schedule. */
export function addCronCommands(program: Command): void {
  const cron = program.command('cron').description('commands on a schedule, in UTC')
  ofApp(cron.command('list', { isDefault: true }))
    .description('the jobs, and when each is due next')
    .addHelpText('after', examples('berth cron --app shop'))
    .action(list)
  ofApp(cron.command('add'))
    .description('run a command again and again')
    .argument('<schedule>', 'five fields, or @hourly, @daily, @weekly …')
    .argument('<command...>')
    .option('--name <name>', 'what to call it')
    .addOption(
      new Option(
        '--overlap <policy>',
        'while it still runs: skip the new one (default), allow both, replace the old',
      ).choices([...cronOverlaps]),
    )
    .option('--timeout <time>', 'how long it may run: 90s, 10m, 1h (default 1h)', duration)
    .addHelpText(
      'after',
      examples(
        'berth cron add "*/5 * * * *" --app shop -- bin/tidy --quick',
        'berth cron add @daily --name report --timeout 10m --app shop -- bin/report',
      ),
    )
    .action(add)
  named(cron, 'remove', 'take a job away', 'report').action(remove)
  named(cron, 'run', 'run a job now, and wait for its end', 'report')
    .option('--no-wait', 'do not wait for its end')
    .action(run)
  named(cron, 'pause', 'let a job rest', 'report').action(pause)
  named(cron, 'resume', 'let a job run again', 'report').action(resume)
  named(cron, 'history', 'what became of its last runs', 'report').action(history)
}

function named(cron: Command, verb: string, does: string, example: string): Command {
  return ofApp(cron.command(verb))
    .description(does)
    .argument('<name>')
    .addHelpText('after', examples(`berth cron ${verb} ${example} --app shop`))
}

function ofApp(command: Command): Command {
  return command.option('-a, --app <name>').option('--json', 'as JSON')
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).cron.list.query({ app }), {
    json: options.json,
    empty: `${app} has no jobs. Add one: berth cron add "*/5 * * * *" --app ${app} -- COMMAND`,
    columns: [
      { title: 'job', value: ({ name }) => name },
      { title: 'schedule', value: ({ schedule }) => schedule },
      { title: 'next (UTC)', value: ({ nextAt }) => (nextAt === null ? 'paused' : minute(nextAt)) },
      { title: 'last', value: ({ last }) => last?.state ?? '–' },
      { title: 'from', value: ({ source }) => (source === 'release' ? 'app.json' : 'command') },
      { title: 'command', value: ({ command }) => plain(command).slice(0, 60) },
    ],
  })
}

async function add(schedule: string, command: string[], options: Adding): Promise<void> {
  const app = await chooseApp(options.app)
  const { name, overlap, timeout } = options
  const job = await (await remote()).cron.add.mutate({
    app,
    schedule,
    command,
    name,
    overlap,
    timeoutMs: timeout,
  })
  if (options.json) return print(JSON.stringify(job, null, 2))
  print(
    `${job.name} is due next at ${minute(job.nextAt ?? '')} UTC, for ${durationWords(job.timeoutMs)} at most`,
  )
}

async function remove(name: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const done = await (await remote()).cron.remove.mutate({ app, name })
  print(
    options.json
      ? JSON.stringify(done, null, 2)
      : `${done.removed} is removed. What it did is still told by its history.`,
  )
}

async function run(name: string, options: OfApp & { wait: boolean }): Promise<void> {
  const app = await chooseApp(options.app)
  const client = await remote()
  const { runId } = await client.cron.run.mutate({ app, name })
  if (!options.wait) return print(options.json ? JSON.stringify({ runId }, null, 2) : `${name} is asked for.`)
  const ended = await untilOver(client, app, runId)
  if (options.json) print(JSON.stringify(ended, null, 2))
  else for (const line of ended.lastLines) print(plain(line))
  if (ended.error !== null) throw fromErrorRecord(ended.error)
  if (!options.json) print(`${name} ended well.`)
}

/** A run has a limit in time of its own, so this ends. */
async function untilOver(client: Remote, app: string, id: string) {
  for (;;) {
    const found = await client.cron.get.query({ app, id })
    if (found.finishedAt !== null) return found
    await sleep(lookEveryMs)
  }
}

async function pause(name: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const job = await (await remote()).cron.pause.mutate({ app, name })
  print(
    options.json ? JSON.stringify(job, null, 2) : `${job.name} rests until: berth cron resume ${job.name}`,
  )
}

async function resume(name: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const job = await (await remote()).cron.resume.mutate({ app, name })
  print(
    options.json
      ? JSON.stringify(job, null, 2)
      : `${job.name} is due next at ${minute(job.nextAt ?? '')} UTC`,
  )
}

async function history(name: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).cron.history.query({ app, name }), {
    json: options.json,
    empty: `${name} has not run yet.`,
    columns: [
      { title: 'due (UTC)', value: ({ dueAt }) => minute(dueAt) },
      stateColumn(({ state }) => state),
      { title: 'by', value: ({ byHand }) => (byHand ? 'hand' : 'schedule') },
      { title: 'ended', value: ({ finishedAt }) => ago(finishedAt) },
      {
        title: 'exit',
        value: ({ exitCode }) => (exitCode === null ? '–' : String(exitCode)),
        align: 'right',
      },
      {
        title: 'last line',
        value: ({ lastLines, error }) => plain(lastLines.at(-1) ?? error?.message ?? '').slice(0, 60),
      },
    ],
  })
}

/** `2026-11-22 10:05` */
function minute(at: string): string {
  return at.slice(0, 16).replace('T', ' ')
}
