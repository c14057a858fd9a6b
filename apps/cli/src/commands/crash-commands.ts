import { releaseLabel } from '@berth/domain'
import { sayExit } from '@berth/observe/say-exit.ts'
import type { Command } from 'commander'
import { ago, bytes, plain, print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** Ends of instances that nobody asked for. */
export function addCrashCommands(program: Command): void {
  program
    .command('crashes')
    .description('which instances ended unasked, and why; with an id, all that is known of one')
    .argument('[id]', 'as the list shows it')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth crashes --app shop\n  berth crashes 1b9d6bcd --app shop')
    .action((id: string | undefined, options: OfApp) =>
      id === undefined ? list(options) : show(id, options),
    )
}

async function list({ app: given, json }: OfApp): Promise<void> {
  const app = await chooseApp(given)
  printList(await (await remote()).instances.deaths.query({ app }), {
    json,
    empty: `No instance of ${app} has crashed.`,
    columns: [
      { title: 'id', value: ({ id }) => id.slice(0, 8) },
      { title: 'when', value: ({ endedAt }) => ago(endedAt) },
      { title: 'instance', value: ({ instance }) => instance },
      { title: 'release', value: ({ releaseVersion }) => releaseLabel(releaseVersion) },
      { title: 'ran', value: ({ ranMs }) => duration(ranMs) },
      {
        title: 'memory',
        value: ({ peakMemoryBytes }) => (peakMemoryBytes === null ? '–' : bytes(peakMemoryBytes)),
        align: 'right',
      },
      { title: 'why', value: sayExit },
    ],
  })
}

async function show(id: string, { app: given, json }: OfApp): Promise<void> {
  const app = await chooseApp(given)
  const death = await (await remote()).instances.death.query({ app, id })
  if (json) return print(JSON.stringify(death, null, 2))
  const { peakMemoryBytes: peak, memoryLimitBytes: limit } = death
  const facts = [
    ['instance', `${death.instance} of ${releaseLabel(death.releaseVersion)}`],
    ['why', sayExit(death)],
    ['exit code', String(death.code)],
    ['signal', death.signal ?? '–'],
    ['ended', `${death.endedAt} (${ago(death.endedAt)})`],
    ['ran', duration(death.ranMs)],
    [
      'memory',
      `${peak === null ? 'not known' : `${bytes(peak)} at most`}${limit === null ? '' : ` of ${bytes(limit)}`}`,
    ],
  ]
  for (const [name = '', value = ''] of facts) print(`${name.padEnd(11)}${plain(value)}`)
  print(death.lastLines.length === 0 ? '\nIt has printed nothing.' : '\nThe last that it has printed:')
  for (const line of death.lastLines) print(`  ${plain(line)}`)
}

function duration(ms: number | null): string {
  if (ms === null) return '–'
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
