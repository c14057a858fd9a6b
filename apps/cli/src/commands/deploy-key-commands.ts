import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** SSH keys of an app's own, for machines that push to it or fetch it. */
export function addDeployKeyCommands(program: Command): void {
  const keys = program
    .command('deploy-keys')
    .description('SSH keys that may push to one app, and do nothing else')
    .addHelpText('after', examples)
  const one = (name: string, description: string) =>
    keys.command(name).description(description).option('-a, --app <name>').option('--json', 'as JSON')
  keys
    .command('list', { isDefault: true })
    .description('the keys of the app')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .action(list)
  one('add', 'let whoever holds this key push to the app')
    .argument('<file>', 'a public key: ci_ed25519.pub')
    .option('--name <name>')
    .option('--read-only', 'it may fetch alone')
    .addHelpText('after', examples)
    .action(add)
  one('remove', 'it counts no more').argument('<key>', 'its name, id or fingerprint').action(remove)
}

const examples = `
Examples:
  berth deploy-keys add ci_ed25519.pub --app shop
  berth deploy-keys add mirror_ed25519.pub --read-only --app shop
  berth deploy-keys remove ci --app shop`

async function list({ app, json }: OfApp): Promise<void> {
  const chosen = await chooseApp(app)
  printList(await (await remote()).deployKeys.list.query({ app: chosen }), {
    json,
    empty: `${chosen} has no keys of its own. Add one: berth deploy-keys add FILE --app ${chosen}`,
    columns: [
      { title: 'name', value: ({ name }) => name },
      { title: 'may', value: ({ mayPush }) => (mayPush ? 'push' : 'fetch') },
      { title: 'fingerprint', value: ({ fingerprint }) => fingerprint },
      { title: 'used', value: ({ lastUsedAt }) => ago(lastUsedAt) },
      { title: 'id', value: ({ id }) => id },
    ],
  })
}

async function add(
  file: string,
  { app: given, json, name = '', readOnly }: OfApp & { name?: string; readOnly?: boolean },
): Promise<void> {
  const app = await chooseApp(given)
  const publicKey = await readFile(file, 'utf8').catch((error: Error) => {
    throw cliError['CLI.BAD_INPUT']({ what: `The file ${file} cannot be read.` }, { cause: error })
  })
  const { deployKeys } = await remote()
  const key = await deployKeys.add.mutate({ app, publicKey, name, mayPush: readOnly !== true })
  const may = key.mayPush ? 'push to' : 'fetch'
  print(json ? JSON.stringify(key, null, 2) : `${key.name} may ${may} ${app}: ${key.fingerprint}`)
}

async function remove(key: string, { app: given, json }: OfApp): Promise<void> {
  const app = await chooseApp(given)
  await (await remote()).deployKeys.remove.mutate({ app, key })
  print(json ? JSON.stringify({ removed: key }, null, 2) : 'Removed.')
}
