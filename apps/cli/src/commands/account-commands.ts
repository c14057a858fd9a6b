import { isBerthError, type Person, type Role, readSettings, type Settings } from '@berth/domain'
import type { People } from '@berth/people'
import { type Command, Option } from 'commander'
import { ask } from '../ask.ts'
import { collect } from '../engine/collect.ts'
import { cliError } from '../errors.ts'
import { print, printList } from '../output.ts'

type NewAccount = { name: string; role: Role; team?: string; orUse?: boolean }
type Listing = { json?: boolean }
type NewProvider = {
  issuer: string
  clientId: string
  domain: string[]
  team?: string
  newMembers?: Exclude<Role, 'owner'>
}

/** Words for root at the machine: accounts, while nobody can sign in, or has lost the way to; and who may vouch for them. */
export function addAccountCommands(program: Command): void {
  const account = program
    .command('account')
    .description('accounts, at the machine itself')
    .addHelpText('after', examples)
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
    .description('a link that signs this person in, once, within ten minutes; no second factor is asked for')
    .argument('<email>')
    .action(link)
  account
    .command('reset-password')
    .description('a link that sets a new password, once, within an hour')
    .argument('<email>')
    .action(resetPassword)
  account
    .command('remove-second-factor')
    .description('authenticator, recovery codes and passkeys of somebody who has lost them')
    .argument('<email>')
    .action(removeSecondFactor)
  account
    .command('rename')
    .description('call this person something else')
    .argument('<email>')
    .requiredOption('--name <name>', 'what to call them')
    .action(rename)
  account
    .command('remove')
    .description('this account, with its sessions, keys and tokens; not a team’s last owner')
    .argument('<email>')
    .option('--confirm <email>', 'its address once more')
    .action(remove)
  account
    .command('token')
    .description('an API token for this person')
    .argument('<email>')
    .requiredOption('--name <name>', 'what it is for')
    .option('--json', 'as JSON')
    .action(token)
  addSignOnCommands(account)
}

const examples = `
Examples:
  sudo berth account create bob@example.com --name Bob --role admin
  sudo berth account reset-password bob@example.com
  sudo berth account link bob@example.com
  sudo berth account token bob@example.com --name ci
  sudo berth account remove-second-factor bob@example.com
  sudo berth account rename bob@example.com --name "Bob Bergen"
  sudo berth account remove bob@example.com --confirm bob@example.com`

/** A provider is believed who somebody is, so it is set up here and nowhere else. */
function addSignOnCommands(account: Command): void {
  const signOn = account
    .command('sign-on')
    .description('OpenID providers that people may sign in with')
    .addHelpText(
      'after',
      '\nExamples:\n  sudo berth account sign-on\n  sudo berth account sign-on remove acme',
    )
  signOn
    .command('list', { isDefault: true })
    .description('those that are set up')
    .option('--json', 'as JSON')
    .action(listProviders)
  signOn
    .command('add')
    .description('let people sign in with it; the client’s secret is asked for, or read from standard input')
    .argument('<name>', 'what the sign-in page calls it')
    .requiredOption('--issuer <url>', 'where its /.well-known/openid-configuration is')
    .requiredOption('--client-id <id>')
    .requiredOption(
      '--domain <domain>',
      'of the addresses that it vouches for; may be said again',
      collect,
      [],
    )
    .option('--team <name>', 'for this team; without: for everybody')
    .addOption(
      new Option('--new-members <role>', 'who has no account yet gets one, in the team, as this').choices([
        ...['admin', 'developer', 'viewer'],
      ]),
    )
    .addHelpText('after', signOnExample)
    .action(addProvider)
  signOn
    .command('remove')
    .description('nobody signs in with it any more')
    .argument('<name>')
    .action(removeProvider)
}

const signOnExample = `
Example:
  sudo berth account sign-on add corp --issuer https://id.example.com --client-id berth --domain example.com`

async function create(email: string, { name, role, team, orUse }: NewAccount): Promise<void> {
  await atMachine(async ({ people, note }) => {
    try {
      const person = await people.createAccount({ email, name, role, teamName: team })
      await note('account create', person, { email: person.email, role, team })
      print(`Made an account for ${email}. Sign in: berth account link ${email}`)
    } catch (error) {
      if (!orUse || !isBerthError(error, 'PEOPLE.EMAIL_TAKEN')) throw error
      print(`Using the account of ${email}.`)
    }
  })
}

async function link(email: string): Promise<void> {
  await atMachine(async ({ people, settings, personOf, note }) => {
    await note('account link', await personOf(email))
    print(`http://127.0.0.1:${settings.dashboardPort}${await people.createSignInLink(email)}`)
  })
}

async function resetPassword(email: string): Promise<void> {
  await atMachine(async ({ people, settings, personOf, note }) => {
    await note('account reset-password', await personOf(email))
    const { pathname, search } = new URL(await people.createResetLink(email))
    print(`http://127.0.0.1:${settings.dashboardPort}${pathname}${search}`)
  })
}

async function removeSecondFactor(email: string): Promise<void> {
  await atMachine(async ({ people, personOf, note }) => {
    const person = await personOf(email)
    await note('account remove-second-factor', person)
    await people.removeSecondFactor(person.id)
    print(`${email} signs in with a password alone now.`)
  })
}

async function rename(email: string, { name }: { name: string }): Promise<void> {
  await atMachine(async ({ people, personOf, note }) => {
    const person = await personOf(email)
    await note('account rename', person, { name })
    print(`${email} is called ${await people.renameAccount(person.id, name)} now.`)
  })
}

async function remove(email: string, { confirm }: { confirm?: string }): Promise<void> {
  const again = confirm ?? (await ask(`Type ${email} to remove this account: `, { hidden: false }))
  if (again.trim() !== email)
    throw cliError['CLI.BAD_INPUT']({ what: 'The address given twice is not the same: nothing was removed.' })
  await atMachine(async ({ people, personOf, note }) => {
    const person = await personOf(email)
    await people.removeAccount(person.id)
    await note('account remove', person, { email: person.email })
    print(`There is no account of ${email} any more.`)
  })
}

async function token(email: string, { name, json }: { name: string; json?: boolean }): Promise<void> {
  await atMachine(async ({ people, personOf, note }) => {
    const person = await personOf(email)
    await note('account token', person, { name })
    const { secret } = await people.tokens.create(person.id, { name, expiresAt: null })
    print(json ? JSON.stringify({ token: secret }) : secret)
  })
}

async function listProviders({ json }: Listing): Promise<void> {
  await atMachine(async ({ people }) => {
    const found = await people.signOn.list()
    const providers = found.map(async (one) => ({ ...one, callbackUrl: await people.callbackUrl(one.id) }))
    printList(await Promise.all(providers), {
      json,
      empty: 'None is set up. See: berth account sign-on add --help',
      columns: [
        { title: 'name', value: (provider) => provider.name },
        { title: 'issuer', value: (provider) => provider.issuer },
        { title: 'for', value: (provider) => provider.domains.join(', ') },
        { title: 'new members', value: (provider) => provider.newMemberRole ?? '–' },
        { title: 'sends people back to', value: (provider) => provider.callbackUrl },
      ],
    })
  })
}

async function addProvider(name: string, options: NewProvider): Promise<void> {
  const clientSecret = await ask('Client secret: ', { hidden: true })
  await atMachine(async ({ people, teamId, note }) => {
    const { issuer, clientId, domain: domains, newMembers } = options
    await note('account sign-on add', null, {
      name,
      issuer,
      clientId,
      domains,
      newMembers,
      team: options.team,
    })
    const provider = await people.signOn.add({
      ...{ name, issuer, clientId, clientSecret, domains },
      ...{ teamId: await teamId(options.team), newMemberRole: newMembers ?? null },
    })
    print(`People whose address is of ${domains.join(', ')} may sign in with ${name}.`)
    print('Tell the provider that it sends people back to:')
    print(`  ${await people.callbackUrl(provider.id)}`)
  })
}

async function removeProvider(name: string): Promise<void> {
  await atMachine(async ({ people, note }) => {
    await note('account sign-on remove', null, { name })
    if (!(await people.signOn.remove(name)))
      throw cliError['CLI.BAD_INPUT']({ what: `There is no sign-on provider ${JSON.stringify(name)}.` })
    print(`Nobody signs in with ${name} any more.`)
  })
}

type Machine = {
  people: People
  settings: Settings
  personOf(email: string): Promise<Person>
  teamId(name: string | undefined): Promise<string | null>
  /** Into the audit log, before it is done. The person sees it among what concerns them. */
  note(action: string, person: Person | null, after?: object): Promise<void>
}

/** The database is open to root at the machine, whoever is or is not signed in. */
async function atMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const { openDatabase } = await import('@berth/database')
  const { openPeople, peopleError, platformSealing, readSecret } = await import('@berth/people')
  const { dashboardUrl } = await import('@berth/route/certificates/dashboard-url.ts')
  const settings = readSettings(process.env)
  const database = openDatabase(settings, { maxConnections: 2 })
  const personOf = async (email: string) => {
    const person = await database.people.personByEmail(email)
    if (person === null) throw peopleError['PEOPLE.NOT_FOUND']({ what: `account for ${email}` })
    return person
  }
  const teamId = async (name: string | undefined) => {
    if (name === undefined) return null
    const team = (await database.people.teams()).find((one) => one.name === name || one.id === name)
    if (team === undefined) throw peopleError['PEOPLE.NOT_FOUND']({ what: `team ${name}` })
    return team.id
  }
  const note = async (action: string, person: Person | null, after?: object) => {
    const object = person === null ? '' : `account ${person.email}`
    const whose = { personId: person?.id ?? null, teamId: null, appId: null, object }
    const from = { door: 'machine' as const, address: null, userAgent: null }
    const who = { who: 'root at the machine', by: process.env.SUDO_USER ?? null }
    await database.audit.add({ ...who, ...whose, ...from, action }, { outcome: 'done', after })
  }
  try {
    const people = openPeople({
      ...{ database, settings, secret: await readSecret(settings) },
      ...{ sealing: platformSealing(settings), sendText: null },
      dashboardUrl: () => dashboardUrl(settings, database.certificates),
    })
    await work({ people, settings, personOf, teamId, note })
  } finally {
    await database.close()
  }
}
