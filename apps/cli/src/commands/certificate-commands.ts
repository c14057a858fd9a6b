import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** The certificates that an app's domains are shown with. */
export function addCertificateCommands(program: Command): void {
  const certs = program.command('certs').description('the certificates of an app’s domains')
  certs
    .command('list', { isDefault: true })
    .description('its certificates, their source and their end')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth certs --app shop')
    .action(list)
  certs
    .command('add')
    .description('use a certificate of your own')
    .requiredOption('--cert <file>', 'the certificate with those that lead to its authority, in PEM')
    .requiredOption('--key <file>', 'its private key, in PEM without a pass phrase')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth certs add --cert fullchain.pem --key privkey.pem --app shop')
    .action(add)
  certs
    .command('remove')
    .description('use one of your own no more')
    .argument('<id>', 'as `berth certs` lists it, or how it begins')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth certs remove 4f0c1d2e --app shop')
    .action(remove)
  certs
    .command('auto')
    .description('obtain certificates by themselves, or not')
    .argument('<on|off>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth certs auto on --app shop\n  berth certs auto off --app shop')
    .action(auto)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const known = await (await remote()).certificates.list.query({ app })
  if (options.json) return print(JSON.stringify(known, null, 2))
  printList(known.certificates, {
    empty: known.available
      ? `${app} has no certificate yet. They come with its domains: berth domains add www.example.com`
      : `${app} has no certificate, and this platform obtains none by itself (BERTH_ACME_EMAIL). Add one: berth certs add`,
    columns: [
      { title: 'id', value: ({ id }) => id.slice(0, 8) },
      { title: 'for', value: ({ hosts }) => hosts.join(' ') },
      {
        title: 'source',
        value: ({ source, issuer }) => (source === 'own' ? 'own' : (issuer ?? 'automatic')),
      },
      { title: 'state', value: ({ state }) => state },
      { title: 'until', value: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? '–' },
      { title: 'next', value: ({ nextAt }) => nextAt?.slice(0, 16).replace('T', ' ') ?? '–' },
      { title: 'problem', value: ({ error }) => error?.message ?? '' },
    ],
  })
  if (!known.auto) print('They are not obtained by themselves: berth certs auto on')
}

async function add({ cert, key, ...options }: OfApp & { cert: string; key: string }): Promise<void> {
  const app = await chooseApp(options.app)
  const [certificate, keyText] = [await readPem(cert), await readPem(key)]
  const added = await (await remote()).certificates.add.mutate({ app, certificate, key: keyText })
  if (options.json) return print(JSON.stringify(added, null, 2))
  print(`${added.hosts.join(', ')}: shown from now on, until ${added.expiresAt?.slice(0, 10)}.`)
}

async function remove(id: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const removed = await (await remote()).certificates.remove.mutate({ app, id })
  print(
    options.json
      ? JSON.stringify(removed, null, 2)
      : `The certificate ${removed.id.slice(0, 8)} is used no more.`,
  )
}

async function auto(given: string, options: OfApp): Promise<void> {
  if (given !== 'on' && given !== 'off') throw cliError['CLI.BAD_INPUT']({ what: 'Say on or off.' })
  const app = await chooseApp(options.app)
  const now = await (await remote()).certificates.auto.mutate({ app, on: given === 'on' })
  if (options.json) return print(JSON.stringify(now, null, 2))
  print(
    now.auto
      ? `Certificates of ${app} are obtained by themselves.`
      : `Certificates of ${app} are obtained no more.`,
  )
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw cliError['CLI.BAD_INPUT']({ what: `${path} cannot be read (${code}).` })
  }
}
