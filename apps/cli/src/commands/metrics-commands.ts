import type { Outputs } from '@berth/api'
import { releaseLabel } from '@berth/domain'
import type { Command } from 'commander'
import { ago, bytes, print, printList } from '../output.ts'
import { parseTime } from '../parse-time.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'
import { figureRows, sayCores, sayMs, sayNumber, sayPercent } from './figure-rows.ts'
import { addMachineLookCommands } from './machine-look-commands.ts'

type Listing = { json?: boolean }
type Asked = Listing & { app?: string; instance?: string; process?: string; since?: string; until?: string }
type Metrics = Outputs['metrics']['read']

/** What apps use and get, and what the machine is used for. */
export function addMetricsCommands(program: Command): void {
  program
    .command('metrics')
    .description('what an app used, and what came for it')
    .option('-a, --app <name>')
    .option('-i, --instance <name>', 'of one instance: web.1')
    .option('-p, --process <type>', 'of one process type: web')
    .option(
      '--since <time>',
      '30m, 1h, 7d, or 2026-11-22T09:00Z; up to 30 days',
      (text) => parseTime(text),
      parseTime('1h'),
    )
    .option('--until <time>', 'as --since', (text) => parseTime(text))
    .option('--json', 'as JSON, with every step of the time')
    .action(show)
    .addHelpText(
      'after',
      '\nExamples:\n  berth metrics --app shop\n  berth metrics --app shop --since 7d --json',
    )
  program
    .command('top')
    .description('what each of your apps used in the last five minutes')
    .option('--json', 'as JSON')
    .action(top)
    .addHelpText('after', '\nExample:\n  berth top')
  const looked = program.command('machine').description('the machine, for admins')
  looked
    .command('show', { isDefault: true })
    .description('CPU, memory, what its disk is used for, what Berth stands on')
    .option('--json', 'as JSON')
    .action(machine)
    .addHelpText('after', '\nExample:\n  berth machine --json')
  addMachineLookCommands(looked)
}

const points = 120

async function show({ app: given, instance, process, since, until, json }: Asked): Promise<void> {
  const app = await chooseApp(given)
  const [from, to] = [since ?? parseTime('1h'), until ?? new Date().toISOString()]
  const metrics = await (await remote()).metrics.read.query({ app, instance, process, from, to, points })
  if (json) return print(JSON.stringify(metrics, null, 2))
  printList(figureRows(metrics), {
    empty: 'No figures yet: they come every ten seconds.',
    columns: [
      { title: instance ?? process ?? app, value: ({ name }) => name },
      { title: 'now', value: ({ now }) => now, align: 'right' },
      { title: 'average', value: ({ average }) => average, align: 'right' },
      { title: 'peak', value: ({ peak }) => peak, align: 'right' },
    ],
  })
  sayTraffic(metrics)
}

function sayTraffic({ total, releases }: Metrics): void {
  const { traffic, requests } = total
  if (traffic !== null && requests !== null) {
    print(`\nRequests: ${sayNumber(requests)}${requests === 0 ? '' : `, ${sayClasses(total)}`}`)
    const { p50Ms, p95Ms, p99Ms } = traffic
    if (p50Ms !== null) print(`Duration: p50 ${sayMs(p50Ms)}, p95 ${sayMs(p95Ms)}, p99 ${sayMs(p99Ms)}`)
  }
  if (releases.length > 0)
    print(`Released: ${releases.map(({ version, at }) => `${releaseLabel(version)} ${ago(at)}`).join(', ')}`)
}

/** `2xx 99.1 %, 4xx 0.9 %` */
function sayClasses({ traffic }: Metrics['total']): string {
  if (traffic === null) return ''
  const { informational, successful, redirected, clientErrors, serverErrors, requests } = traffic
  const classes = [informational, successful, redirected, clientErrors, serverErrors]
  return classes
    .map((rate, place) => ({ name: `${place + 1}xx`, part: (rate ?? 0) / (requests || 1) }))
    .filter(({ part }) => part > 0)
    .map(({ name, part }) => `${name} ${sayPercent(part)}`)
    .join(', ')
}

async function top({ json }: Listing): Promise<void> {
  printList(await (await remote()).metrics.list.query({ minutes: 5 }), {
    json,
    empty: 'No apps yet. Make one: berth create NAME',
    columns: [
      { title: 'app', value: ({ app }) => app },
      { title: 'cpu', value: ({ total }) => sayCores(total.usage.cpu), align: 'right' },
      { title: 'memory', value: ({ total }) => sayBytes(total.usage.memoryBytes), align: 'right' },
      {
        title: 'requests/s',
        value: ({ total }) => sayNumber(total.traffic?.requests ?? null),
        align: 'right',
      },
      {
        title: '5xx/s',
        value: ({ total }) => sayNumber(total.traffic?.serverErrors ?? null),
        align: 'right',
      },
      { title: 'p95', value: ({ total }) => sayMs(total.traffic?.p95Ms ?? null), align: 'right' },
      { title: 'restarts', value: ({ total }) => sayNumber(total.usage.restarts), align: 'right' },
    ],
  })
}

async function machine({ json }: Listing): Promise<void> {
  const view = await (await remote()).machine.view.query()
  if (json) return print(JSON.stringify(view, null, 2))
  const { cpus, cpuFraction, load, memory, disk, containers } = view
  print(
    `CPU      ${sayPercent(cpuFraction)} of ${cpus}, load ${load.map((each) => each.toFixed(2)).join(' ')}`,
  )
  print(`Memory   ${bytes(memory.usedBytes)} of ${bytes(memory.totalBytes)}`)
  print(
    `Disk     ${bytes(disk.usedBytes)} of ${bytes(disk.totalBytes)}, ${bytes(disk.freeBytes)} free (${disk.path})`,
  )
  for (const { name, bytes: used } of disk.uses) print(`  ${name.padEnd(14)} ${sayBytes(used)}`)
  print(
    `Running  ${containers.running} containers of ${containers.all}; up since ${view.upSince.slice(0, 16)}Z`,
  )
  if (view.processes.length > 0) print(`Berth    ${sayProcesses(view.processes)}`)
  print(`Versions ${view.versions.map(({ name, version }) => `${name} ${version ?? '–'}`).join(', ')}`)
}

function sayProcesses(processes: Outputs['machine']['view']['processes']): string {
  return processes.map(({ name, memoryBytes }) => `${name} ${bytes(memoryBytes)}`).join(', ')
}

function sayBytes(count: number | null): string {
  return count === null ? '–' : bytes(count)
}
