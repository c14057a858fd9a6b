import type { Command } from 'commander'
import { ago, plain, print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** The names that lead to an app. */
export function addDomainCommands(program: Command): void {
  const domains = program.command('domains').description('the names that lead to an app')
  domains
    .command('list', { isDefault: true })
    .description('the app’s domains, the default one first')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth domains --app shop')
    .action(list)
  domains
    .command('add')
    .description('let names lead to the app; *.example.com is every name one label below')
    .argument('<domains...>')
    .option('--redirect-to <domain>', 'send their visitors to the same path at another domain of the app')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  berth domains add www.example.com --app shop\n  berth domains add '*.example.com' --app shop\n  berth domains add example.com --redirect-to www.example.com --app shop",
    )
    .action(add)
  domains
    .command('redirect')
    .description('send a name’s visitors to another domain of the app; without one, to the app again')
    .argument('<domain>')
    .argument('[to]')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  berth domains redirect example.com www.example.com --app shop\n  berth domains redirect example.com --app shop',
    )
    .action(redirect)
  domains
    .command('remove')
    .description('let a name lead to the app no more')
    .argument('<domain>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth domains remove www.example.com --app shop')
    .action(remove)
  domains
    .command('verify')
    .description('see whether a name leads here, and which record would lead it')
    .argument('<domain>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth domains verify www.example.com --app shop')
    .action(verify)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).domains.list.query({ app }), {
    json: options.json,
    empty: `${app} has no domain.`,
    columns: [
      { title: 'domain', value: ({ host, isDefault }) => (isDefault ? `${host} (default)` : host) },
      {
        title: 'leads',
        value: ({ redirectTo }) => (redirectTo === null ? 'to the app' : `to ${redirectTo}`),
      },
      { title: 'seen here', value: ({ isDefault, verifiedAt }) => (isDefault ? '' : ago(verifiedAt)) },
      {
        title: 'certificate',
        value: ({ certificate, problem }) =>
          certificate === null ? (problem ?? '–') : `until ${certificate.expiresAt.slice(0, 10)}`,
      },
    ],
  })
}

async function add(hosts: string[], options: OfApp & { redirectTo?: string }): Promise<void> {
  const app = await chooseApp(options.app)
  const redirectTo = options.redirectTo ?? null
  const added = await (await remote()).domains.add.mutate({ app, hosts, redirectTo })
  if (options.json) return print(JSON.stringify(added, null, 2))
  for (const host of added.hosts)
    print(
      added.redirectTo === null
        ? `${host} leads to ${app}.`
        : `${host} sends its visitors to ${added.redirectTo}.`,
    )
  print(`Is its DNS set? See: berth domains verify ${added.hosts[0]} --app ${app}`)
}

async function redirect(host: string, to: string | undefined, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const now = await (await remote()).domains.redirect.mutate({ app, host, to: to ?? null })
  if (options.json) return print(JSON.stringify(now, null, 2))
  print(
    now.redirectTo === null
      ? `${now.host} leads to ${app}.`
      : `${now.host} sends its visitors to ${now.redirectTo}.`,
  )
}

async function remove(host: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const removed = await (await remote()).domains.remove.mutate({ app, host })
  print(options.json ? JSON.stringify(removed, null, 2) : `${removed.host} leads to ${app} no more.`)
}

/** Ends with 1 where it leads elsewhere, for scripts. */
async function verify(host: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const lead = await (await remote()).domains.verify.query({ app, host })
  if (!lead.leadsHere) process.exitCode = 1
  if (options.json) return print(JSON.stringify(lead, null, 2))
  const found = [...(lead.alias === null ? [] : [`alias of ${lead.alias}`]), ...lead.addresses]
  const said = lead.leadsHere ? `leads here (${found.join(', ')})` : `does not lead here: ${lead.found}`
  print(plain(`${lead.host} ${said}.`))
  if (lead.leadsHere) return
  print('Create this record where its DNS is kept:')
  print(
    `  ${lead.record.name}.  ${lead.record.type}  ${lead.record.value}${lead.record.type === 'CNAME' ? '.' : ''}`,
  )
}
