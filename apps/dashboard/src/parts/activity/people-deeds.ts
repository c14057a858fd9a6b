import { at, type Deed, deed, named, type Told, textIn } from './deed.ts'

/** What is done to teams and accounts, by the name of the procedure, of the way in, or of the command at the machine. */
export const peopleDeeds: Readonly<Record<string, (told: Told) => Deed>> = {
  'members.invite': ({ team, after }) =>
    deed(
      'invited',
      'invite',
      named(textIn(after, 'email'), 'somebody'),
      at('as', textIn(after, 'role')),
      at('to', team),
    ),
  'members.revoke': ({ before }) =>
    deed('took back', 'take back', 'the invitation', at('of', textIn(before, 'email'))),
  'members.accept': ({ team, after }) =>
    deed('joined', 'join', named(team, 'a team'), at('as', textIn(after, 'role'))),
  'members.leave': ({ team }) => deed('left', 'leave', named(team, 'a team')),
  'members.setRole': ({ before, after }) =>
    deed(
      ...(['changed', 'change'] as const),
      named(textIn(after, 'email'), 'a member'),
      at('from', textIn(before, 'role')),
      at('to', textIn(after, 'role')),
    ),
  'members.remove': ({ team, before }) =>
    deed('removed', 'remove', named(textIn(before, 'email'), 'a member'), at('from', team)),

  'teams.create': ({ team }) => deed('made', 'make', 'the team', named(team, 'given')),
  'teams.rename': ({ before, after }) =>
    deed(
      'renamed',
      'rename',
      'the team',
      at('from', textIn(before, 'name')),
      at('to', textIn(after, 'name')),
    ),
  'teams.demand': demanded,

  'registries.set': ({ after }) =>
    deed(
      ...(['set', 'set'] as const),
      'the account at',
      named(textIn(after, 'host'), 'a registry'),
      at('to', textIn(after, 'username')),
    ),
  'registries.remove': ({ before }) =>
    deed('removed', 'remove', 'the account at', named(textIn(before, 'host'), 'a registry')),

  'notifications.add': ({ after }) => deed('added', 'add', 'a notification', at('to', textIn(after, 'to'))),
  'notifications.change': ({ after }) =>
    deed('changed', 'change', 'what is told', at('to', textIn(after, 'to'))),
  'notifications.remove': ({ before }) =>
    deed('removed', 'remove', 'the notification', at('to', textIn(before, 'to'))),
  'notifications.test': ({ after }) =>
    deed('tested', 'test', 'the notification', at('to', textIn(after, 'to'))),

  'machine.retryJob': ({ app, after }) =>
    deed(
      'tried',
      'try',
      'the job',
      named(textIn(after, 'job'), 'given'),
      'again',
      at('for', app ?? textIn(after, 'app')),
    ),

  'people.rename': ({ after }) => deed('took', 'take', 'the name', named(textIn(after, 'name'), 'given')),
  'people.remove': () => deed('deleted', 'delete', 'their account'),
  'people.keys.add': ({ after }) =>
    deed('added', 'add', 'the SSH key', named(textIn(after, 'name'), 'given')),
  'people.keys.remove': ({ before }) =>
    deed('removed', 'remove', 'the SSH key', named(textIn(before, 'name'), 'given')),
  'people.tokens.create': ({ after }) =>
    deed(
      ...(['created', 'create'] as const),
      'the token',
      named(textIn(after, 'name'), 'given'),
      at('with scope', textIn(after, 'scope')),
    ),
  'people.tokens.revoke': ({ before }) =>
    deed('revoked', 'revoke', 'the token', named(textIn(before, 'name'), 'given')),
  'people.sessions.revoke': () => deed('ended', 'end', 'a session'),
  'people.sessions.revokeOthers': () => deed('ended', 'end', 'all other sessions'),

  'sign in': ({ after }) => deed('signed in', 'sign in', at('with', way(textIn(after, 'method')))),
  'sign in, first step': () => deed('gave', 'give', 'the right password; the code comes next'),
  'sign out': () => deed('signed out', 'sign out'),
  'account.password.change': () => deed('changed', 'change', 'the password'),
  'account.password.reset': () => deed('set', 'set', 'a new password by a link'),
  'account.email.ask': () => deed('asked', 'ask', 'for another e-mail address'),
  'account.email.change': ({ after }) =>
    deed('changed', 'change', 'the e-mail address', at('to', textIn(after, 'email'))),
  'account.secondFactor.begin': () => deed('began', 'begin', 'to set up an authenticator'),
  'account.secondFactor.confirm': () => deed('confirmed', 'confirm', 'an authenticator’s code'),
  'account.secondFactor.remove': () => deed('turned off', 'turn off', 'the authenticator'),
  'account.secondFactor.recoveryCodes': () => deed('made', 'make', 'new recovery codes'),
  'account.passkey.add': () => deed('added', 'add', 'a passkey'),
  'account.passkey.remove': () => deed('removed', 'remove', 'a passkey'),
  'account.passkey.rename': () => deed('renamed', 'rename', 'a passkey'),

  'account create': ({ after }) =>
    deed('made', 'make', 'the account', named(textIn(after, 'email'), 'given')),
  'account link': () => deed('made', 'make', 'a link that signs in'),
  'account reset-password': () => deed('made', 'make', 'a link that sets a new password'),
  'account remove-second-factor': () => deed('removed', 'remove', 'the second factor'),
  'account rename': ({ after }) => deed('changed', 'change', 'the name', at('to', textIn(after, 'name'))),
  'account remove': ({ after }) =>
    deed('deleted', 'delete', 'the account', named(textIn(after, 'email'), 'given')),
  'account token': ({ after }) =>
    deed('created', 'create', 'the token', named(textIn(after, 'name'), 'given')),
  'account sign-on add': ({ after }) =>
    deed('set up', 'set up', 'the sign-on provider', named(textIn(after, 'name'), 'given')),
  'account sign-on remove': ({ after }) =>
    deed('removed', 'remove', 'the sign-on provider', named(textIn(after, 'name'), 'given')),
}

function demanded({ team, after }: Told): Deed {
  const signOn = textIn(after, 'signOn')
  if (signOn !== null)
    return deed('made', 'make', named(team, 'the team'), 'ask for sign-on with', { name: signOn })
  if (after.secondFactor === true)
    return deed('made', 'make', named(team, 'the team'), 'ask for a second factor')
  if (after.secondFactor === false)
    return deed('let', 'let', 'members in', at('to', team), 'without a second factor')
  return deed('changed', 'change', 'what the team asks of its members')
}

function way(method: string | null): string | null {
  if (method === null) return null
  return method === 'sign-on' ? 'single sign-on' : `a ${method}`
}
