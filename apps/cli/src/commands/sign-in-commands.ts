import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Command } from 'commander'
import { z } from 'zod'
import { ask } from '../ask.ts'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { secureOrigin } from '../follow-to-tls.ts'
import { ago, print, printList } from '../output.ts'
import { forgetProfile, readProfile, writeProfile } from '../profile.ts'
import { remote, remoteFor } from '../remote.ts'

type LoginOptions = { email?: string; token?: boolean }

export function addSignInCommands(program: Command): void {
  program
    .command('login')
    .description('sign in to a platform')
    .argument('<url>', 'the address of its dashboard')
    .addHelpText(
      'after',
      examples(
        'berth login http://berth.localhost:8080',
        'berth login https://berth.example.com --token < token',
      ),
    )
    .option('--email <address>')
    .option('--token', 'with an API token, asked for or read from standard input')
    .action(login)
  program
    .command('logout')
    .description('forget where you are signed in')
    .addHelpText('after', examples('berth logout'))
    .action(logout)
  program
    .command('whoami')
    .description('who you are signed in as')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('berth whoami'))
    .action(whoAmI)
  const keys = program
    .command('keys')
    .description('your SSH keys')
    .addHelpText(
      'after',
      examples('berth keys', 'berth keys add ~/.ssh/id_ed25519.pub', 'berth keys remove ID'),
    )
  keys
    .command('list', { isDefault: true })
    .description('those that you can push with')
    .option('--json', 'as JSON')
    .action(listKeys)
  keys
    .command('add')
    .description('push with this key, too')
    .argument('<file>', 'a public key: ~/.ssh/id_ed25519.pub')
    .option('--name <name>')
    .action(addKey)
  keys.command('remove').description('it opens nothing any more').argument('<id>').action(removeKey)
}

async function login(given: string, options: LoginOptions): Promise<void> {
  const url = await secureOrigin(address(given))
  warnOfHttp(url)
  const token = options.token
    ? await ask('API token: ', { hidden: true })
    : await tokenByPassword(url, options)
  const me = await remoteFor({ url, token }).people.me.query()
  await writeProfile({ url, token })
  print(`Signed in to ${url} as ${me.name} (${me.email}).`)
}

/** This machine's own network is nobody else's. */
function warnOfHttp(url: string): void {
  const { protocol, hostname: host } = new URL(url)
  const isHere = /^(?:127\.[\d.]+|\[::1\]|(?:.+\.)?localhost)$/.test(host)
  if (protocol !== 'http:' || isHere) return
  process.stderr.write(
    ` !     ${host} is reached over http: whoever is in between can read your password and your token.\n !     It has https from when it has a certificate: apps/cli/docs/certificates.md\n`,
  )
}

/** A session by password, used once: for a token of this machine's own, which is what is kept. */
async function tokenByPassword(url: string, options: LoginOptions): Promise<string> {
  const email = options.email ?? (await ask('E-mail: ', { hidden: false }))
  const password = await ask('Password: ', { hidden: true })
  const first = await post(url, 'sign-in/email', { email, password }, '')
  if (!first.ok)
    throw await refusedSignIn(first, 'The e-mail address and the password do not belong together.')
  const { twoFactorRedirect } = z
    .object({ twoFactorRedirect: z.boolean().optional() })
    .parse(await first.json())
  const cookie = twoFactorRedirect ? await secondStep(url, cookiesOf(first)) : cookiesOf(first)
  const session = remoteFor({ url, token: '' }, { cookie, origin: url, 'x-berth-request': '1' })
  const made = await session.people.tokens.create.mutate({ name: `berth on ${hostname()}` })
  // The session has done what it was for.
  await post(url, 'sign-out', {}, cookie)
  return made.token
}

/** A code of six digits is the authenticator's, anything else one of the recovery codes. */
async function secondStep(url: string, cookie: string): Promise<string> {
  const code = await ask('Code of the authenticator, or a recovery code: ', { hidden: false })
  const kind = /^\d{6}$/.test(code) ? 'verify-totp' : 'verify-backup-code'
  const answer = await post(url, `two-factor/${kind}`, { code }, cookie)
  if (!answer.ok) throw await refusedSignIn(answer, 'This code is not, or not any more, the right one.')
  return cookiesOf(answer)
}

async function post(url: string, path: string, body: object, cookie: string): Promise<Response> {
  return await fetch(`${url}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw cliError['CLI.UNREACHABLE']({ url }, { cause: error })
  })
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

async function refusedSignIn(answer: Response, what: string): Promise<Error> {
  const seconds = answer.headers.get('retry-after')
  if (answer.status === 429)
    return cliError['CLI.BAD_INPUT']({ what: `Too many attempts. Try again in ${seconds ?? 60} s.` })
  if (answer.status >= 500) return cliError['CLI.UNREACHABLE']({ url: answer.url })
  return cliError['CLI.BAD_INPUT']({ what })
}

async function logout(): Promise<void> {
  await forgetProfile()
  print('Signed out on this machine. Revoke its token in the dashboard, under your account.')
}

async function whoAmI({ json }: { json?: boolean }): Promise<void> {
  const me = await (await remote()).people.me.query()
  const { url } = await readProfile()
  print(json ? JSON.stringify({ url, ...me }, null, 2) : `${me.name} (${me.email}) at ${url}`)
}

async function listKeys({ json }: { json?: boolean }): Promise<void> {
  printList(await (await remote()).people.keys.list.query(), {
    json,
    empty: 'No keys yet. Add one: berth keys add ~/.ssh/id_ed25519.pub',
    columns: [
      { title: 'name', value: (key) => key.name },
      { title: 'fingerprint', value: (key) => key.fingerprint },
      { title: 'used', value: (key) => ago(key.lastUsedAt) },
      { title: 'id', value: (key) => key.id },
    ],
  })
}

async function addKey(file: string, { name }: { name?: string }): Promise<void> {
  const publicKey = await readFile(file, 'utf8').catch((error: Error) => {
    throw cliError['CLI.BAD_INPUT']({ what: `The file ${file} cannot be read.` }, { cause: error })
  })
  const key = await (await remote()).people.keys.add.mutate({ publicKey, name: name ?? '' })
  print(`Added ${key.name}: ${key.fingerprint}`)
}

async function removeKey(id: string): Promise<void> {
  await (await remote()).people.keys.remove.mutate({ id })
  print('Removed.')
}

function address(given: string): string {
  const parsed = z.url({ protocol: /^https?$/ }).safeParse(given)
  if (!parsed.success)
    throw cliError['CLI.BAD_INPUT']({ what: `${JSON.stringify(given)} is not an address: http(s)://…` })
  return new URL(parsed.data).origin
}
