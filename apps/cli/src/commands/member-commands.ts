import type { Role } from '@berth/domain'
import { Argument, type Command, Option } from 'commander'
import { ago, print, printList } from '../output.ts'
import { remote } from '../remote.ts'

type OfTeam = { team?: string; json?: boolean }

const roles = ['owner', 'admin', 'developer', 'viewer'] as const
const ofTeam = ['--team <name>', 'where you are in several: its name or id'] as const

/** Who is in a team, and who is asked to be. */
export function addMemberCommands(program: Command): void {
  const members = program.command('members').description('who is in your team').addHelpText('after', examples)
  const one = (name: string, description: string) =>
    members
      .command(name)
      .description(description)
      .option(...ofTeam)
      .option('--json', 'as JSON')
  members
    .command('list', { isDefault: true })
    .description('the members, and the invitations that wait')
    .option(...ofTeam)
    .option('--json', 'as JSON')
    .action(list)
  one('invite', 'ask somebody to come: by mail, or with a link for you to pass on')
    .argument('<address>')
    .addOption(new Option('--role <role>').choices(roles).default('developer'))
    .addHelpText('after', examples)
    .action(invite)
  one('revoke', 'take an invitation back').argument('<address>').action(revoke)
  one('role', 'make a member something else')
    .argument('<address>')
    .addArgument(new Argument('<role>').choices(roles))
    .addHelpText('after', '\nExample:\n  berth members role bob@example.com admin')
    .action(setRole)
  one('remove', 'take a member out of the team').argument('<address>').action(remove)
  one('leave', 'leave the team yourself').action(leave)
  one('accept', 'accept an invitation to the address that you are signed in with')
    .argument('<link>', 'as it was sent')
    .action(accept)
}

const examples = `
Examples:
  berth members invite bob@example.com --role developer
  berth members role bob@example.com admin
  berth members revoke eve@example.com
  berth members remove bob@example.com --team Harbour
  berth members accept https://berth.example.com/invitation?token=…
  berth members leave --team Harbour`

async function list({ team, json }: OfTeam): Promise<void> {
  const found = await (await remote()).members.list.query({ team })
  if (json) return print(JSON.stringify(found, null, 2))
  printList(found.members, {
    empty: 'Nobody is in this team.',
    columns: [
      { title: 'address', value: ({ email }) => email },
      { title: 'name', value: ({ name }) => name },
      { title: 'role', value: ({ role }) => role },
      { title: 'since', value: ({ since }) => ago(since) },
      { title: 'second factor', value: ({ secondFactor }) => (secondFactor ? 'yes' : 'no') },
    ],
  })
  if (found.invitations.length === 0) return
  print('')
  printList(found.invitations, {
    empty: '',
    columns: [
      { title: 'invited', value: ({ email }) => email },
      { title: 'as', value: ({ role }) => role },
      { title: 'by', value: ({ by }) => by ?? '–' },
      { title: 'when', value: ({ createdAt }) => ago(createdAt) },
    ],
  })
}

async function invite(email: string, { role, team, json }: OfTeam & { role: Role }): Promise<void> {
  const invited = await (await remote()).members.invite.mutate({ email, role, team })
  if (json) return print(JSON.stringify(invited, null, 2))
  if (invited.link === null) return print(`A mail is on its way to ${invited.email}.`)
  print(
    `This platform sends no mail yet. Pass this link on to ${invited.email}; it works once, for seven days:`,
  )
  print(`  ${invited.link}`)
}

async function revoke(email: string, { team, json }: OfTeam): Promise<void> {
  await (await remote()).members.revoke.mutate({ email, team })
  say(json, { revoked: email }, `The invitation of ${email} counts no more.`)
}

async function setRole(email: string, role: Role, { team, json }: OfTeam): Promise<void> {
  await (await remote()).members.setRole.mutate({ email, role, team })
  say(json, { email, role }, `${email} is ${role} now.`)
}

async function remove(email: string, { team, json }: OfTeam): Promise<void> {
  await (await remote()).members.remove.mutate({ email, team })
  say(json, { removed: email }, `${email} is in the team no more.`)
}

async function leave({ team, json }: OfTeam): Promise<void> {
  const left = await (await remote()).members.leave.mutate({ team })
  say(json, left, `You are in the team ${left.team} no more.`)
}

async function accept(link: string, { json }: OfTeam): Promise<void> {
  const token = URL.canParse(link) ? (new URL(link).searchParams.get('token') ?? '') : link
  const joined = await (await remote()).members.accept.mutate({ token })
  say(json, joined, `You are ${joined.role} of the team ${joined.team} now.`)
}

function say(json: boolean | undefined, result: object, words: string): void {
  print(json ? JSON.stringify(result, null, 2) : words)
}
