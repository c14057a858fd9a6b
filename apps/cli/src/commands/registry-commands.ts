import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { ask } from '../ask.ts'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'

type OfTeam = { team?: string }
type LoginFlags = OfTeam & { username?: string; passwordStdin?: boolean }

/** The accounts with which a team's builds pull images. A password is never an argument: others would see it. */
export function addRegistryCommands(program: Command): void {
  const registry = program
    .command('registry')
    .description('registries that your team’s builds may pull from')
    .addHelpText(
      'after',
      examples(
        'berth registry',
        'pass show ghcr | berth registry login ghcr.io -u bob --password-stdin',
        'berth registry logout ghcr.io',
      ),
    )
  const team = ['--team <name>', 'where you are in several: its name or id'] as const
  registry
    .command('list', { isDefault: true })
    .description('the registries that the team has an account at')
    .option(...team)
    .option('--json', 'as JSON')
    .action(list)
  registry
    .command('login')
    .description('keep an account for the team’s builds, encrypted')
    .argument('<host>', 'ghcr.io, docker.io, registry.example.com:5000')
    .option('-u, --username <name>')
    .option('--password-stdin', 'read the password or token from standard input')
    .option(...team)
    .action(login)
  registry
    .command('logout')
    .description('forget the account')
    .argument('<host>')
    .option(...team)
    .action(logout)
}

async function list({ json, team }: OfTeam & { json?: boolean }): Promise<void> {
  printList(await (await remote()).registries.list.query({ team }), {
    json,
    empty: 'No accounts yet. Add one: berth registry login HOST -u NAME --password-stdin',
    columns: [
      { title: 'registry', value: ({ host }) => host },
      { title: 'user name', value: ({ username }) => username },
      { title: 'set', value: ({ createdAt }) => ago(createdAt) },
      { title: 'by', value: ({ by }) => by ?? '–' },
    ],
  })
}

async function login(host: string, { username: given, passwordStdin, team }: LoginFlags): Promise<void> {
  if (passwordStdin && given === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: 'With --password-stdin, say the user name with -u NAME.' })
  const username = given ?? (await ask('User name: ', { hidden: false }))
  const password = passwordStdin
    ? (await text(process.stdin)).replace(/\r?\n$/, '')
    : await ask('Password or token: ', { hidden: true })
  const set = await (await remote()).registries.set.mutate({ team, host, username, password })
  print(`Builds of the team ${set.team} pull from ${set.host} as ${username}.`)
}

async function logout(host: string, { team }: OfTeam): Promise<void> {
  const removed = await (await remote()).registries.remove.mutate({ team, host })
  print(`Builds of the team ${removed.team} pull from ${removed.host} without an account.`)
}
