import type { Command } from 'commander'
import { print, printList } from '../output.ts'
import { remote } from '../remote.ts'
import { chooseApp } from './choose-app.ts'

type OfApp = { app?: string; json?: boolean }

/** Ports of the machine that lead to an app, for what does not speak HTTP. */
export function addPortCommands(program: Command): void {
  const ports = program.command('ports').description('ports of the machine that lead to an app')
  ports
    .command('list', { isDefault: true })
    .description('the app’s ports')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth ports --app shop')
    .action(list)
  ports
    .command('add')
    .description('let a port of the machine lead to the app, over TCP')
    .argument('<port>')
    .option('--to <port>', 'where the instances listen; else the same port')
    .option('--process-type <type>', 'whose instances; else web')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  berth ports add 5432/tcp --process-type db --app shop\n  berth ports add 15432 --to 5432 --app shop',
    )
    .action(add)
  ports
    .command('remove')
    .description('let a port lead to the app no more; its connections end')
    .argument('<port>')
    .option('-a, --app <name>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  berth ports remove 5432 --app shop')
    .action(remove)
}

async function list(options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  printList(await (await remote()).ports.list.query({ app }), {
    json: options.json,
    empty: `${app} has no port. To add one: berth ports add 5432/tcp --app ${app}`,
    columns: [
      { title: 'port', value: ({ port }) => `${port}/tcp` },
      { title: 'leads to', value: ({ processType, targetPort }) => `${processType}, port ${targetPort}` },
      { title: 'clients connect to', value: ({ connectTo }) => connectTo },
    ],
  })
}

async function add(port: string, options: OfApp & { to?: string; processType?: string }): Promise<void> {
  const app = await chooseApp(options.app)
  const { to, processType } = options
  const added = await (await remote()).ports.add.mutate({ app, port, to, processType })
  print(
    options.json
      ? JSON.stringify(added, null, 2)
      : `${added.connectTo} leads to ${added.processType} of ${app}, port ${added.targetPort}.`,
  )
}

async function remove(port: string, options: OfApp): Promise<void> {
  const app = await chooseApp(options.app)
  const removed = await (await remote()).ports.remove.mutate({ app, port })
  print(options.json ? JSON.stringify(removed, null, 2) : `Port ${removed.port} leads to ${app} no more.`)
}
