import { type Command, InvalidArgumentError, Option } from 'commander'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'

type Listing = { json?: boolean }
type NewToken = Listing & {
  scope: 'read' | 'deploy' | 'admin'
  expires?: number
  app?: string
  team?: string
}

/** What stands for a person where nobody can sign in: programs, this command line, other machines. */
export function addTokenCommands(program: Command): void {
  const tokens = program.command('tokens').description('your API tokens').addHelpText('after', examples)
  tokens
    .command('list', { isDefault: true })
    .description('your tokens, without what they are')
    .option('--json', 'as JSON')
    .action(list)
  tokens
    .command('create')
    .description('make one; it is shown once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--scope <scope>', 'read: look; deploy: push and run as well; admin: whatever you may')
        .choices(['read', 'deploy', 'admin'])
        .default('deploy'),
    )
    .option('--expires <days>', 'until when it counts: 1 to 3650 days', days)
    .option('-a, --app <name>', 'for this app alone')
    .option('--team <name>', 'for this team alone')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(create)
  tokens
    .command('revoke')
    .description('it counts no more')
    .argument('<id>')
    .option('--json', 'as JSON')
    .action(revoke)
  const sessions = program
    .command('sessions')
    .description('where you are signed in with a browser')
    .addHelpText('after', '\nExamples:\n  berth sessions\n  berth sessions revoke --all')
  sessions
    .command('list', { isDefault: true })
    .description('your sessions, the one used last first')
    .option('--json', 'as JSON')
    .action(listSessions)
  sessions
    .command('revoke')
    .description('sign out there')
    .argument('[id]')
    .option('--all', 'everywhere')
    .option('--json', 'as JSON')
    .action(revokeSession)
}

const examples = `
Examples:
  berth tokens create ci --scope deploy --app shop --expires 90
  berth tokens create dashboards --scope read
  berth tokens revoke 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed`

async function list({ json }: Listing): Promise<void> {
  printList(await (await remote()).people.tokens.list.query(), {
    json,
    empty: 'You have no tokens. Make one: berth tokens create NAME',
    columns: [
      { title: 'name', value: ({ name }) => name },
      { title: 'begins', value: ({ prefix }) => prefix },
      { title: 'scope', value: ({ scope }) => scope },
      { title: 'for', value: ({ app, team }) => app ?? team ?? 'all of yours' },
      { title: 'used', value: ({ lastUsedAt }) => ago(lastUsedAt) },
      { title: 'until', value: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? '–' },
      { title: 'id', value: ({ id }) => id },
    ],
  })
}

/** The token alone on standard output, so that it can go straight where it is needed. */
async function create(name: string, { json, expires, ...narrow }: NewToken): Promise<void> {
  const { people } = await remote()
  const made = await people.tokens.create.mutate({ name, expiresInDays: expires ?? null, ...narrow })
  print(json ? JSON.stringify(made, null, 2) : made.token)
}

async function revoke(id: string, { json }: Listing): Promise<void> {
  await (await remote()).people.tokens.revoke.mutate({ id })
  print(json ? JSON.stringify({ revoked: id }, null, 2) : 'It counts no more.')
}

async function listSessions({ json }: Listing): Promise<void> {
  printList(await (await remote()).people.sessions.list.query(), {
    json,
    empty: 'You are signed in with no browser.',
    columns: [
      { title: 'browser', value: ({ userAgent }) => (userAgent ?? '–').slice(0, 60) },
      { title: 'address', value: ({ address }) => address ?? '–' },
      { title: 'used', value: ({ lastUsedAt }) => ago(lastUsedAt) },
      { title: 'by', value: ({ method }) => method ?? '–' },
      { title: 'id', value: ({ id }) => id },
    ],
  })
}

async function revokeSession(
  id: string | undefined,
  { all, json }: Listing & { all?: boolean },
): Promise<void> {
  const { sessions } = (await remote()).people
  if ((id === undefined) === (all !== true))
    throw new InvalidArgumentError('Say which: the id of one, or --all.')
  const ended = id === undefined ? (await sessions.revokeOthers.mutate()).ended : 1
  if (id !== undefined) await sessions.revoke.mutate({ id })
  print(json ? JSON.stringify({ ended }, null, 2) : `${ended} ended.`)
}

function days(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1 && count <= 3650) return count
  throw new InvalidArgumentError('Say a number of days, from 1 to 3650.')
}
