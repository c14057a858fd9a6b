import { isBerthError, type Role, readSettings, type Settings } from '@berth/domain'
import type { People } from '@berth/people'
import { type Command, Option } from 'commander'
import { print } from '../output.ts'

type NewAccount = { name: string; role: Role; team?: string; orUse?: boolean }

/** Words for root at the machine: accounts, while nobody can sign in, or has lost the way to. */
export function addAccountCommands(program: Command): void {
  const account = program.command('account').description('accounts, at the machine itself')
  account
    .command('create')
    .description('make an account; sign in with `berth account link`')
    .argument('<email>')
    .requiredOption('--name <name>', 'what to call the person')
    .addOption(
      new Option('--role <role>').choices(['owner', 'admin', 'developer', 'viewer']).default('developer'),
    )
    .option('--team <name>', 'the team it belongs to; made where it is not there')
    .option('--or-use', 'fine where it is there already')
    .action(create)
  account
    .command('link')
    .description('a link that signs this person in, once, within ten minutes')
    .argument('<email>')
    .action(link)
  account
    .command('token')
    .description('an API token for this person')
    .argument('<email>')
    .requiredOption('--name <name>', 'what it is for')
    .option('--json', 'as JSON')
    .action(token)
}

async function create(email: string, { name, role, team, orUse }: NewAccount): Promise<void> {
  await atMachine(async (people) => {
    try {
      await people.createAccount({ email, name, role, teamName: team })
      print(`Made an account for ${email}. Sign in: berth account link ${email}`)
    } catch (error) {
      if (!orUse || !isBerthError(error, 'PEOPLE.EMAIL_TAKEN')) throw error
      print(`Using the account of ${email}.`)
    }
  })
}

async function link(email: string): Promise<void> {
  await atMachine(async (people, settings) => {
    print(`http://127.0.0.1:${settings.dashboardPort}${await people.createSignInLink(email)}`)
  })
}

async function token(email: string, { name, json }: { name: string; json?: boolean }): Promise<void> {
  await atMachine(async (people, _settings, idOf) => {
    const { secret } = await people.tokens.create(await idOf(email), { name, expiresAt: null })
    print(json ? JSON.stringify({ token: secret }) : secret)
  })
}

type Work = (people: People, settings: Settings, idOf: (email: string) => Promise<string>) => Promise<void>

/** The database is open to root at the machine, whoever is or is not signed in. */
async function atMachine(work: Work): Promise<void> {
  const { openDatabase } = await import('@berth/database')
  const { openPeople, peopleError, platformSealing, readSecret } = await import('@berth/people')
  const settings = readSettings(process.env)
  const database = openDatabase(settings, { maxConnections: 2 })
  try {
    const people = openPeople({
      ...{ database, settings, secret: await readSecret(settings) },
      ...{ sealing: platformSealing(settings), sendText: null },
    })
    await work(people, settings, async (email) => {
      const person = await database.people.personByEmail(email)
      if (person === null) throw peopleError['PEOPLE.NOT_FOUND']({ what: `account for ${email}` })
      return person.id
    })
  } finally {
    await database.close()
  }
}
