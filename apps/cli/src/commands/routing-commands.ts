import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { ask } from '../ask.ts'
import { cliError } from '../errors.ts'
import { bytes, print } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }
type Routing = Awaited<ReturnType<Awaited<ReturnType<typeof remote>>['routing']['get']['query']>>

/** What an app asks of the front door. */
export function addRoutingCommands(program: Command): void {
  addRouting(program)
  addMaintenance(program)
  addHttpAuth(program)
}

function addRouting(program: Command): void {
  const routing = program.command('routing').description('what an app asks of the front door')
  routing
    .command('show', { isDefault: true })
    .description('redirects, limits and pages of the app')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth routing --app shop')
    .action(async (options: OfApp) =>
      say(options, await (await remote()).routing.get.query({ app: await chooseApp(options.app) })),
    )
  routing
    .command('set')
    .description('change some of it; what is not named stays')
    .option('--https-redirect <on|off>', 'send visitors to https where there is a certificate')
    .option('--hsts <time|off>', 'browsers come back by https alone: 1d, 180d, 1y')
    .option('--hsts-subdomains', 'and so for every name below')
    .option('--hsts-preload', 'and may be told so before their first visit')
    .option('--max-body <size|off>', 'the largest request: 512k, 10m, 1g')
    .option('--timeout <seconds|off>', 'how long the app may be silent before it answers')
    .option('--sticky <on|off>', 'a visitor comes back to the same instance')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  berth routing set --https-redirect on --hsts 180d --app shop\n  berth routing set --max-body 10m --timeout 120 --app shop\n  berth routing set --sticky on --app shop',
    )
    .action(set)
  routing
    .command('page')
    .description(
      'a page of your own for 502, 503, 504 or maintenance; without a file, the front door’s again',
    )
    .argument('<502|503|504|maintenance>')
    .argument('[file]')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  berth routing page 503 down.html --app shop\n  berth routing page 503 --app shop',
    )
    .action(page)
}

function addMaintenance(program: Command): void {
  const maintenance = program
    .command('maintenance')
    .description('show visitors a page while you work on the app')
  for (const on of [true, false]) {
    const word = on ? 'on' : 'off'
    maintenance
      .command(word)
      .description(on ? 'visitors get 503 and the page' : 'visitors get the app again')
      .option('-a, --app <name>')
      .option('--json', 'as JSON')
      .addHelpText('after', `\nExamples:\n  berth maintenance ${word} --app shop`)
      .action(async (options: OfApp) => {
        const app = await chooseApp(options.app)
        const now = await (await remote()).routing.set.mutate({ app, maintenance: on })
        if (options.json) return print(JSON.stringify(now, null, 2))
        print(on ? `${app} is in maintenance.` : `${app} is back.`)
      })
  }
}

function addHttpAuth(program: Command): void {
  const auth = program.command('http-auth').description('ask visitors for a name and a password')
  auth
    .command('list', { isDefault: true })
    .description('who may pass')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth http-auth --app shop')
    .action(async (options: OfApp) => {
      const { users } = await (await remote()).routing.get.query({ app: await chooseApp(options.app) })
      if (options.json) return print(JSON.stringify(users, null, 2))
      print(users === null ? 'Everybody may pass.' : users.join('\n') || 'Nobody may pass.')
    })
  auth
    .command('add')
    .description('let this name pass, with a password that is asked for')
    .argument('<name>')
    .option('--password-stdin', 'read the password from standard input')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth http-auth add ann --app shop')
    .action(addUser)
  auth
    .command('remove')
    .description('let this name pass no more')
    .argument('<name>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth http-auth remove ann --app shop')
    .action(async (name: string, options: OfApp) => {
      const app = await chooseApp(options.app)
      const now = await (await remote()).routing.removeUser.mutate({ app, name })
      if (options.json) return print(JSON.stringify(now, null, 2))
      print(
        `${name} may pass no more.${now.users?.length === 0 ? ' Nobody may; berth http-auth off lets everybody.' : ''}`,
      )
    })
  auth
    .command('off')
    .description('let everybody pass, and forget the names')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth http-auth off --app shop')
    .action(async (options: OfApp) => {
      const app = await chooseApp(options.app)
      const now = await (await remote()).routing.openToAll.mutate({ app })
      print(options.json ? JSON.stringify(now, null, 2) : `Everybody may pass to ${app}.`)
    })
}

type Said = OfApp & {
  httpsRedirect?: string
  hsts?: string
  hstsSubdomains?: boolean
  hstsPreload?: boolean
  maxBody?: string
  timeout?: string
  sticky?: string
}

async function set(said: Said): Promise<void> {
  const wanted = {
    httpsRedirect: flag(said.httpsRedirect, '--https-redirect'),
    hsts: hstsOf(said),
    maxBodyBytes: orOff(said.maxBody, (text) => amount(text, sizes, '--max-body')),
    timeoutSeconds: orOff(said.timeout, (text) => amount(text, times, '--timeout')),
    sticky: flag(said.sticky, '--sticky'),
  }
  if (Object.values(wanted).every((value) => value === undefined))
    throw cliError['CLI.BAD_INPUT']({ what: 'Say what to change: berth routing set --help.' })
  const app = await chooseApp(said.app)
  say(said, await (await remote()).routing.set.mutate({ app, ...wanted }))
}

function hstsOf({ hsts, hstsSubdomains = false, hstsPreload = false }: Said) {
  return orOff(hsts, (text) => ({
    maxAgeSeconds: amount(text, times, '--hsts'),
    includeSubdomains: hstsSubdomains,
    preload: hstsPreload,
  }))
}

async function page(name: string, file: string | undefined, options: OfApp): Promise<void> {
  const known = ['502', '503', '504', 'maintenance'] as const
  const wanted = known.find((one) => one === name)
  if (wanted === undefined)
    throw cliError['CLI.BAD_INPUT']({ what: 'There are pages for 502, 503, 504 and maintenance.' })
  const app = await chooseApp(options.app)
  const html = file === undefined ? null : await readPage(file)
  const now = await (await remote()).routing.page.mutate({ app, page: wanted, html })
  if (options.json) return print(JSON.stringify(now, null, 2))
  print(html === null ? `The front door’s own page is shown for ${name}.` : `${file} is shown for ${name}.`)
}

async function addUser(name: string, options: OfApp & { passwordStdin?: boolean }): Promise<void> {
  const { text } = await import('node:stream/consumers')
  const app = await chooseApp(options.app)
  const password = options.passwordStdin
    ? (await text(process.stdin)).replace(/\r?\n$/, '')
    : await ask('Password: ', { hidden: true })
  const now = await (await remote()).routing.addUser.mutate({ app, name, password })
  print(
    options.json
      ? JSON.stringify(now, null, 2)
      : `${name} may pass to ${app}. Who says no name and password gets 401.`,
  )
}

async function readPage(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw cliError['CLI.BAD_INPUT']({ what: `${path} cannot be read (${code}).` })
  }
}

const sizes: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 }
const times: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, y: 31_536_000 }

function amount(text: string, units: Readonly<Record<string, number>>, option: string): number {
  const [, number = '', unit = ''] = /^(\d{1,12})([a-z]?)$/i.exec(text) ?? []
  const factor = units[unit.toLowerCase()]
  if (number === '' || factor === undefined)
    throw cliError['CLI.BAD_INPUT']({
      what: `${option} takes a number with one of ${Object.keys(units).join(' ').trim()}, or off.`,
    })
  return Number(number) * factor
}

function flag(given: string | undefined, option: string): boolean | undefined {
  if (given === undefined || given === 'on' || given === 'off')
    return given === undefined ? undefined : given === 'on'
  throw cliError['CLI.BAD_INPUT']({ what: `${option} takes on or off.` })
}

/** Undefined: it was not said. */
function orOff<Value>(given: string | undefined, read: (text: string) => Value): Value | null | undefined {
  if (given === undefined) return undefined
  return given === 'off' ? null : read(given)
}

function say({ json }: OfApp, routing: Routing): void {
  if (json) {
    print(JSON.stringify(routing, null, 2))
    return
  }
  const { httpsRedirect, hsts, maintenance, users, maxBodyBytes, timeoutSeconds, sticky, pages } = routing
  const onOff = (on: boolean) => (on ? 'on' : 'off')
  print(`https redirect   ${onOff(httpsRedirect)}, where there is a certificate`)
  print(
    `HSTS             ${hsts === null ? 'off' : `${hsts.maxAgeSeconds} s${hsts.includeSubdomains ? ', names below too' : ''}`}`,
  )
  print(`largest request  ${maxBodyBytes === null ? 'any' : bytes(maxBodyBytes)}`)
  print(`time to answer   ${timeoutSeconds ?? 60} s`)
  print(`sticky           ${onOff(sticky)}`)
  print(`maintenance      ${onOff(maintenance)}`)
  print(`who may pass     ${users === null ? 'everybody' : users.join(', ') || 'nobody'}`)
  print(`own pages        ${pages.join(', ') || 'none'}`)
}
