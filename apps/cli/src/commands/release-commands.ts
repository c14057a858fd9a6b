import type { Changed, ReleaseDifference, ReleaseView } from '@berth/api'
import { type ProcessLimits, releaseLabel, saySize } from '@berth/domain'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { finishDeployment } from '../finish-deployment.ts'
import { ago, plain, print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** What was released, what lies between two of them, and the way back. */
export function addReleaseCommands(program: Command): void {
  const releases = program.command('releases').description('what was released')
  releases
    .command('list', { isDefault: true })
    .description('what was released, the newest first')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth releases --app shop')
    .action(list)
  releases
    .command('info')
    .description('all of one release but the values of its variables')
    .argument('<version>', 'v12')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth releases info v1 --app shop')
    .action(info)
  releases
    .command('diff')
    .description('what lies between two releases: variables, process types, limits, commits, files')
    .argument('<from>', 'v12')
    .argument('<to>', 'v13')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  berth releases diff v1 v2 --app shop')
    .action(diff)
  program
    .command('rollback')
    .description('bring an earlier release back, as a new one')
    .argument('[version]', 'left out: the one that was live before')
    .option('-a, --app <name>')
    .option('--keep-config', 'with today’s configuration')
    .option('--preview', 'say what would change, and do nothing')
    .option('--no-wait', 'do not wait until it is live')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  berth rollback --app shop\n  berth rollback v1 --preview --app shop\n  berth rollback v1 --keep-config --app shop',
    )
    .action(rollback)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).releases.list.query({ app }), {
    json: options.json,
    empty: `${app} has no release yet. Push one: git push berth main`,
    columns: [
      { title: 'release', value: (release) => releaseLabel(release.version) },
      { title: 'now', value: stateOf },
      { title: 'when', value: (release) => ago(release.createdAt) },
      { title: 'by', value: (release) => release.by ?? '–' },
      { title: 'commit', value: (release) => release.commit?.commit.slice(0, 8) ?? '–' },
      { title: 'what', value: whatOf },
    ],
  })
}

function stateOf({ isLive, available }: ReleaseView): string {
  if (isLive) return 'live'
  return available === false ? 'image gone' : ''
}

/** A push is told by what its commit says; the rest by what was done. */
function whatOf({ commit, reason }: ReleaseView): string {
  const text = commit && reason.startsWith('Deploy ') ? commit.message : reason
  return plain(text.split('\n')[0] ?? '').slice(0, 72)
}

async function info(given: string, options: OfApp): Promise<void> {
  const version = versionOf(given)
  const app = await chooseApp(options.app)
  const release = await (await remote()).releases.info.query({ app, version })
  if (options.json) return print(JSON.stringify(release, null, 2))
  const lines: [string, string][] = [
    ['release', `${releaseLabel(release.version)} ${stateOf(release)}`.trim()],
    ['reason', release.reason],
    ['made', `${ago(release.createdAt)}${release.by === null ? '' : ` by ${release.by}`}`],
    ['commit', release.commit ? `${release.commit.commit} on ${release.commit.branch}` : '–'],
    ['image', release.imageDigest],
    ...release.processes.map(({ type, command }): [string, string] => [
      type,
      command ?? 'the image’s own command',
    ]),
    ...(release.releaseCommand === null
      ? []
      : [['release command', release.releaseCommand] as [string, string]]),
    ...release.cron.map(({ schedule, command }): [string, string] => [schedule, command]),
    ...Object.entries(release.limits).map(([type, limits]): [string, string] => [
      `limits of ${type}`,
      sayLimits(limits),
    ]),
    ['variables', release.variables.join(', ') || '–'],
    ['secret files', release.secretFiles.join(', ') || '–'],
  ]
  const width = Math.max(...lines.map(([title]) => title.length))
  for (const [title, value] of lines) print(plain(`${title.padEnd(width)}  ${value}`))
}

async function diff(givenFrom: string, givenTo: string, options: OfApp): Promise<void> {
  const [from, to] = [versionOf(givenFrom), versionOf(givenTo)]
  const app = await chooseApp(options.app)
  printDifference(await (await remote()).releases.diff.query({ app, from, to }), options)
}

function printDifference(difference: ReleaseDifference, { json }: OfApp): void {
  const lines = json ? [JSON.stringify(difference, null, 2)] : linesOf(difference).map(plain)
  for (const line of lines) print(line)
}

async function rollback(
  given: string | undefined,
  options: OfApp & { keepConfig?: boolean; preview?: boolean; wait: boolean },
): Promise<void> {
  const version = given === undefined ? null : versionOf(given)
  const app = await chooseApp(options.app)
  const keepConfiguration = options.keepConfig ?? false
  const { releases } = await remote()
  if (options.preview) {
    const difference = await releases.rollbackPreview.query({ app, version, keepConfiguration })
    return printDifference(difference, options)
  }
  const made = await releases.rollback.mutate({ app, version, keepConfiguration })
  if (!options.json) print(`Going back to ${releaseLabel(made.from)}, as ${releaseLabel(made.version)}.`)
  await finishDeployment(made, { ...options, app })
}

/** `v12`, or 12. @throws CLI.BAD_INPUT */
export function versionOf(given: string): number {
  const digits = /^v?([1-9]\d{0,8})$/.exec(given)?.[1]
  if (digits === undefined)
    throw cliError['CLI.BAD_INPUT']({
      what: `${JSON.stringify(given.slice(0, 40))} is no release: they are called v1, v2 …`,
    })
  return Number(digits)
}

/** `+` came, `-` went, `~` is another. */
export function linesOf(difference: ReleaseDifference): string[] {
  const { variables, secretFiles, processes, limits, healthchecks, cron, commits, files } = difference
  const sections: [string, string[]][] = [
    ['Variables', namesOf(variables)],
    ['Secret files', namesOf(secretFiles)],
    ['Process types', processes.map((change) => changeLine(change, (command) => command))],
    ['Limits', limits.map((change) => changeLine(change, sayLimits))],
    ['Health checks', healthchecks ? ['~ they are others'] : []],
    ['Schedule', cron ? ['~ it is another'] : []],
    ['Commits', commits === null ? ['? not known any more'] : commitLines(commits)],
    ['Files in the image', files === null ? ['? one of the images is no longer here'] : fileLines(files)],
  ]
  const told = sections.filter(([, lines]) => lines.length > 0)
  const [from, to] = [releaseLabel(difference.from), releaseLabel(difference.to)]
  if (told.length === 0) return [`${from} and ${to} are the same.`]
  return told.flatMap(([title, lines]) => [`${title}:`, ...lines.map((line) => `  ${line}`)])
}

function namesOf({ added, removed, changed }: ReleaseDifference['variables']): string[] {
  return [
    ...added.map((name) => `+ ${name}`),
    ...removed.map((name) => `- ${name}`),
    ...changed.map((name) => `~ ${name}`),
  ]
}

function changeLine<Value>({ name, before, after }: Changed<Value>, say: (value: Value) => string): string {
  if (before === null) return `+ ${name}: ${after === null ? '' : say(after)}`
  return after === null ? `- ${name}: ${say(before)}` : `~ ${name}: ${say(before)} → ${say(after)}`
}

function sayLimits({ memoryBytes, cpus }: ProcessLimits): string {
  const memory = memoryBytes === null ? 'usual memory' : `${saySize(memoryBytes)} of memory`
  return `${memory}, ${cpus === null ? 'as much CPU as is free' : `${cpus} CPU`}`
}

function commitLines({ added, removed }: NonNullable<ReleaseDifference['commits']>): string[] {
  const line = (sign: string) => (each: { commit: string; author: string; subject: string }) =>
    `${sign} ${each.commit.slice(0, 8)} ${each.subject} (${each.author})`
  return [...added.map(line('+')), ...removed.map(line('-'))]
}

const shownFiles = 50

function fileLines({ changes, totals }: NonNullable<ReleaseDifference['files']>): string[] {
  const signs = { added: '+', removed: '-', changed: '~' } as const
  const more = totals.added + totals.changed + totals.removed - Math.min(changes.length, shownFiles)
  return [
    ...changes.slice(0, shownFiles).map(({ change, path }) => `${signs[change]} ${path}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}
