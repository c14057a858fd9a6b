import { type Command, InvalidArgumentError } from 'commander'
import { print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfTeam = { team?: string; json?: boolean }
type Demands = OfTeam & { secondFactor?: boolean; signOn?: string | null }

const ofTeam = ['--team <name>', 'where you are in several: its name or id'] as const

/** A person may be in several teams; every app belongs to one. */
export function addTeamCommands(program: Command): void {
  const teams = program.command('teams').description('your teams').addHelpText('after', examples)
  const one = (name: string, description: string) =>
    teams.command(name).description(description).option('--json', 'as JSON')
  one('create', 'make a team, which you own').argument('<name>').action(create)
  one('rename', 'give the team another name')
    .argument('<name>')
    .option(...ofTeam)
    .action(rename)
  one('demand', 'what members must have shown before they may do anything in the team')
    .option(...ofTeam)
    .option('--second-factor <yes or no>', 'an authenticator’s code or a passkey', yesOrNo)
    .option(
      '--sign-on <provider>',
      'to have signed in with this provider; none: any way in will do',
      provider,
    )
    .addHelpText('after', '\nExample:\n  berth teams demand --second-factor yes --team Harbour')
    .action(demand)
  one('transfer', 'give an app to another of your teams')
    .option('-a, --app <name>')
    .requiredOption('--to <team>', 'its name or id')
    .addHelpText('after', '\nExample:\n  berth teams transfer --app shop --to Harbour')
    .action(transfer)
  teams
    .command('list', { isDefault: true })
    .description('the teams that you are in')
    .option('--json', 'as JSON')
    .action(list)
}

const examples = `
Examples:
  berth teams create Harbour
  berth teams rename Port --team Harbour
  berth teams demand --second-factor yes --team Harbour
  berth teams transfer --app shop --to Harbour`

async function list({ json }: OfTeam): Promise<void> {
  printList(await (await remote()).teams.list.query(), {
    json,
    empty: 'You are in no team.',
    columns: [
      { title: 'team', value: ({ name }) => name },
      { title: 'you are', value: ({ role }) => role },
      { title: 'demands', value: ({ demands }) => demanded(demands) },
      { title: 'missing', value: ({ barred }) => barred ?? '' },
      { title: 'id', value: ({ id }) => id },
    ],
  })
}

function demanded({ secondFactor, signOn }: { secondFactor: boolean; signOn: string | null }): string {
  if (signOn !== null) return `sign-on with ${signOn}`
  return secondFactor ? 'a second factor' : '–'
}

async function create(name: string, { json }: OfTeam): Promise<void> {
  const team = await (await remote()).teams.create.mutate({ name })
  say(
    json,
    team,
    `Made the team ${team.name}. Invite somebody: berth members invite ADDRESS --team ${team.id}`,
  )
}

async function rename(name: string, { team, json }: OfTeam): Promise<void> {
  const renamed = await (await remote()).teams.rename.mutate({ name, team })
  say(json, renamed, `The team is called ${renamed.name} now.`)
}

async function demand({ team, json, ...demands }: Demands): Promise<void> {
  const now = await (await remote()).teams.demand.mutate({ team, ...demands })
  const words = demanded(now)
  say(json, now, words === '–' ? 'The team demands nothing of its members.' : `The team demands ${words}.`)
}

async function transfer({ app: given, to, json }: OfTeam & { app?: string; to: string }): Promise<void> {
  const app = await chooseApp(given)
  const { team } = await (await remote()).teams.transferApp.mutate({ app, to })
  say(json, { app, team }, `${app} belongs to the team ${team} now.`)
}

function yesOrNo(given: string): boolean {
  if (given === 'yes' || given === 'no') return given === 'yes'
  throw new InvalidArgumentError('Say yes or no.')
}

function provider(given: string): string | null {
  return given === 'none' ? null : given
}

function say(json: boolean | undefined, result: object, words: string): void {
  print(json ? JSON.stringify(result, null, 2) : words)
}
