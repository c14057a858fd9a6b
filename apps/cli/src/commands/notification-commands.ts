import type { Inputs, Outputs } from '@berth/api'
import { type NoticeKind, noticeKinds } from '@berth/observe/notices.ts'
import { type Command, InvalidArgumentError } from 'commander'
import { ask } from '../ask.ts'
import { collect } from '../engine/collect.ts'
import { cliError } from '../errors.ts'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'

type OfTeam = { team?: string }
type Listing = OfTeam & { json?: boolean }
type Adding = Listing & { on?: NoticeKind[]; app: readonly string[] }
type AddingMail = Adding & { ownServer?: boolean; from?: string }
type Asked = Inputs['notifications']['add']['target']
type DeliveryView = Outputs['notifications']['test']

/** Where a team is told of what happens. The address of a webhook is a secret, so it is never an argument. */
export function addNotificationCommands(program: Command): void {
  const notifications = program
    .command('notifications')
    .description('where your team is told of failures, crashes, certificates, a full disk')
    .addHelpText('after', examples)
  const listing = (name: string) => withTeam(notifications.command(name)).option('--json', 'as JSON')
  notifications
    .command('list', { isDefault: true })
    .description('where notifications go')
    .option(...ofTeam)
    .option('--json', 'as JSON')
    .action(list)
  addAdding(notifications)
  listing('change')
    .description('tell it of something else; where it goes stays')
    .argument('<id>')
    .option('--on <kinds>', `what to tell, with commas between: ${noticeKinds.join(', ')}; or all`, kinds)
    .option('-a, --app <name>', 'of this app alone; may be said again', collect, [])
    .option('--every-app', 'of every app of the team')
    .addHelpText('after', '\nExample:\n  berth notifications change ID --on crash-loop,unhealthy')
    .action(change)
  listing('remove').description('send no more there').argument('<id>').action(remove)
  listing('test')
    .description('send one, and say what was answered')
    .argument('<id>')
    .action(test)
    .addHelpText('after', '\nExample:\n  berth notifications test 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed')
  listing('deliveries')
    .description('the last notifications, and what became of them')
    .option('-n, --limit <count>', 'how many', count, 20)
    .action(deliveries)
}

const ofTeam = ['--team <name>', 'where you are in several: its name or id'] as const

function withTeam(command: Command): Command {
  return command.option(...ofTeam)
}

function addAdding(notifications: Command): void {
  const add = notifications
    .command('add')
    .description('tell somebody else, too')
    .addHelpText('after', examples)
  const adding = (name: string) =>
    withTeam(add.command(name))
      .option('--on <kinds>', `what to tell, with commas between: ${noticeKinds.join(', ')}; or all`, kinds)
      .option('-a, --app <name>', 'of this app alone; may be said again', collect, [])
      .option('--json', 'as JSON')
  adding('mail')
    .description('by mail')
    .argument('<addresses...>')
    .option('--own-server', 'with a mail server of your team’s own: its address is asked for')
    .option('--from <address>', 'the sender, with --own-server')
    .action(addMail)
  adding('slack')
    .description(
      'into a channel of Slack, Mattermost or Discord (…/slack): the webhook’s address is asked for',
    )
    .action((options: Adding) => addWebhook('slack', options))
  adding('webhook')
    .description('to a program, signed (standardwebhooks.com): its address is asked for')
    .action((options: Adding) => addWebhook('webhook', options))
}

const examples = `
Examples:
  berth notifications add mail ops@example.com --on crash-loop,deployment-failed
  berth notifications add slack --app shop < address-of-the-webhook
  berth notifications add webhook https://example.com/hooks/berth
  berth notifications deliveries
  berth notifications remove ID`

async function list({ team, json }: Listing): Promise<void> {
  printList(await (await remote()).notifications.list.query({ team }), {
    json,
    empty: 'Nobody is told of anything yet. Add somebody: berth notifications add mail ADDRESS',
    columns: [
      { title: 'id', value: ({ id }) => id },
      { title: 'by', value: ({ kind }) => kind },
      { title: 'to', value: ({ to }) => to },
      { title: 'apps', value: ({ apps }) => (apps.length === 0 ? 'all' : apps.join(', ')) },
      { title: 'of', value: (each) => sayKinds(each.noticeKinds) },
    ],
  })
}

async function addMail(to: string[], { ownServer, from, ...options }: AddingMail): Promise<void> {
  if ((ownServer ?? false) !== (from !== undefined))
    throw cliError['CLI.BAD_INPUT']({ what: 'Say both --own-server and --from ADDRESS, or neither.' })
  const smtp =
    from === undefined
      ? null
      : {
          url: await ask('Address of the mail server (smtp://USER:PASSWORD@HOST:PORT): ', { hidden: true }),
          from,
        }
  await add({ kind: 'mail', to, smtp }, options)
}

async function addWebhook(kind: 'slack' | 'webhook', options: Adding): Promise<void> {
  await add({ kind, url: await ask('Address of the webhook: ', { hidden: true }) }, options)
}

async function add(target: Asked, { team, on, app, json }: Adding): Promise<void> {
  const { notifications } = await remote()
  const added = await notifications.add.mutate({
    ...{ team, target, apps: [...app] },
    ...(on === undefined ? {} : { noticeKinds: on }),
  })
  if (json) return print(JSON.stringify(added, null, 2))
  const { id, to, noticeKinds: told } = added.target
  print(`${to} is told of: ${sayKinds(told)}.`)
  if (added.signingSecret !== null) print(`  Its signing secret, shown this once: ${added.signingSecret}`)
  print(`  Try it: berth notifications test ${id}`)
}

type Changing = Adding & { everyApp?: boolean }

/** What is not said stays. */
async function change(id: string, { team, on, app, everyApp, json }: Changing): Promise<void> {
  const { notifications } = await remote()
  const now = (await notifications.list.query({ team })).find((each) => each.id === id)
  const apps = everyApp ? [] : app.length > 0 ? [...app] : (now?.apps ?? [])
  const told = on ?? [...(now?.noticeKinds ?? [])]
  const changed = await notifications.change.mutate({ team, id, noticeKinds: told, apps })
  if (json) return print(JSON.stringify(changed, null, 2))
  print(`${changed.to} is told of: ${sayKinds(changed.noticeKinds)}.`)
}

async function remove(id: string, { team, json }: Listing): Promise<void> {
  const removed = await (await remote()).notifications.remove.mutate({ team, id })
  print(json ? JSON.stringify(removed, null, 2) : `${removed.to} is told of nothing any more.`)
}

async function test(id: string, { team, json }: Listing): Promise<void> {
  const delivery = await (await remote()).notifications.test.mutate({ team, id })
  if (json) print(JSON.stringify(delivery, null, 2))
  else if (delivery.state === 'delivered') print(`${delivery.to} took it: ${delivery.answer}`)
  if (delivery.state !== 'delivered')
    throw cliError['CLI.NOT_DELIVERED']({ to: delivery.to, answer: delivery.answer })
}

async function deliveries({ team, json, limit }: Listing & { limit: number }): Promise<void> {
  printList<DeliveryView>(await (await remote()).notifications.deliveries.query({ team, limit }), {
    json,
    empty: 'Nothing was sent yet.',
    columns: [
      { title: 'when', value: ({ createdAt }) => ago(createdAt) },
      { title: 'to', value: ({ to }) => to },
      { title: 'what', value: ({ title }) => title },
      {
        title: 'state',
        value: ({ state, attempts }) => (attempts > 1 ? `${state} (${attempts} tries)` : state),
      },
      { title: 'answer', value: ({ answer }) => answer ?? '–' },
    ],
  })
}

function sayKinds(told: readonly NoticeKind[]): string {
  return told.length === noticeKinds.length ? 'everything' : told.join(', ')
}

function kinds(text: string): NoticeKind[] {
  if (text === 'all') return [...noticeKinds]
  return text.split(',').map((word) => {
    const kind = noticeKinds.find((each) => each === word.trim())
    if (kind === undefined)
      throw new InvalidArgumentError(`${word.trim()} is none of ${noticeKinds.join(', ')}.`)
    return kind
  })
}

function count(text: string): number {
  const number = Number(text)
  if (!/^\d{1,3}$/.test(text) || number < 1 || number > 200)
    throw new InvalidArgumentError('a number from 1 to 200.')
  return number
}
