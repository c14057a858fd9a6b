import { errorTable } from '@berth/domain'

export const peopleError = errorTable({
  'KEY.INVALID': {
    message: (details: { reason: string }) => `This is not a public SSH key: ${details.reason}.`,
    hint: () => 'Paste one line as in ~/.ssh/id_ed25519.pub: `ssh-ed25519 AAAA… you@machine`.',
    fault: 'user',
    retryable: false,
  },
  'KEY.PRIVATE': {
    message: () => 'This is a private key. Berth did not keep it.',
    hint: () =>
      'Paste the public one, from the file that ends in .pub. As the private one left your machine, consider making a new pair.',
    fault: 'user',
    retryable: false,
  },
  'KEY.TAKEN': {
    message: () => 'This SSH key belongs to an account already.',
    hint: () => 'A key stands for one person: remove it there, or make another with `ssh-keygen`.',
    fault: 'user',
    retryable: false,
  },
  'LINK.INVALID': {
    message: () => 'This link is not one of ours.',
    hint: () => 'Copy it whole, or make a new one on the machine with `berth account link`.',
    fault: 'user',
    retryable: false,
  },
  'LINK.USED': {
    message: () => 'This link was used already.',
    hint: () => 'A link works once: make a new one on the machine with `berth account link`.',
    fault: 'user',
    retryable: false,
  },
  'LINK.EXPIRED': {
    message: () => 'This link is too old.',
    hint: () => 'Make a new one on the machine with `berth account link`.',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.INVALID': {
    message: () => 'This invitation is not one of ours, or it was taken back.',
    hint: () => 'Copy its link whole, or ask whoever invited you for another.',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.USED': {
    message: () => 'This invitation was accepted already.',
    hint: () => 'Sign in with the account that accepted it.',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.EXPIRED': {
    message: () => 'This invitation is too old.',
    hint: () => 'It counts for seven days. Ask whoever invited you for another.',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.OTHER_ADDRESS': {
    message: () => 'This invitation is for another address than the one you are signed in with.',
    hint: () =>
      'Sign out, and in again with the address that was invited, or ask for an invitation to yours.',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.TOO_MANY': {
    message: (details: { most: number }) =>
      `${details.most} invitations of this team are waiting already, which is the most there can be.`,
    hint: () => 'Take back those that nobody will use: berth members revoke ADDRESS',
    fault: 'user',
    retryable: false,
  },
  'INVITATION.NOT_FOUND': {
    message: () => 'The team has no such invitation waiting.',
    hint: () => '`berth members` lists those that are. It may have been used or taken back already.',
    fault: 'user',
    retryable: false,
  },
  'MEMBER.ALREADY': {
    message: (details: { email: string }) => `${details.email} is a member of the team already.`,
    hint: () => 'Change the role instead: berth members role ADDRESS ROLE',
    fault: 'user',
    retryable: false,
  },
  'MEMBER.NOT_FOUND': {
    message: (details: { email: string }) => `The team has no member ${details.email}.`,
    hint: () => '`berth members` lists those that it has.',
    fault: 'user',
    retryable: false,
  },
  'MEMBER.LAST_OWNER': {
    message: () => 'A team keeps one owner at least, and this is its last.',
    hint: () => 'Make somebody else an owner first: berth members role ADDRESS owner',
    fault: 'user',
    retryable: false,
  },
  'ACCOUNT.LAST_OWNER': {
    message: (details: { teams: readonly string[] }) =>
      `This account is the last owner of ${details.teams.toSorted().join(' and ')}.`,
    hint: () => 'Make somebody else an owner there first: berth members role ADDRESS owner',
    fault: 'user',
    retryable: false,
  },
  'PEOPLE.INVALID': {
    message: (details: { what: string; expected: string }) =>
      `The ${details.what} must be ${details.expected}.`,
    hint: (details: { what: string; expected: string }) => `Correct the ${details.what} and try again.`,
    fault: 'user',
    retryable: false,
  },
  'PEOPLE.OWNER_EXISTS': {
    message: () => 'This Berth has an owner already.',
    hint: () => 'Sign in, or ask the owner for an account.',
    fault: 'user',
    retryable: false,
  },
  'PEOPLE.EMAIL_TAKEN': {
    message: (details: { email: string }) => `There is an account for ${details.email} already.`,
    hint: () => 'Sign in with it, or use another address.',
    fault: 'user',
    retryable: false,
  },
  'PEOPLE.FORBIDDEN': {
    message: (details: { action: string; object: string }) =>
      `You may not ${details.action} ${details.object}.`,
    hint: () => 'Ask an owner or admin of the team for a role that may.',
    fault: 'user',
    retryable: false,
  },
  'PEOPLE.NOT_FOUND': {
    message: (details: { what: string }) => `There is no ${details.what}.`,
    hint: () => 'Look at the list of the team: it may have been removed, or be spelt otherwise.',
    fault: 'user',
    retryable: false,
  },
  'SIGN_ON.INVALID': {
    message: (details: { what: string; expected: string }) =>
      `The ${details.what} must be ${details.expected}.`,
    hint: () => 'Correct it and try again. `berth account sign-on add --help` has an example.',
    fault: 'user',
    retryable: false,
  },
  'SIGN_ON.AWAY': {
    message: (details: { name: string }) =>
      `The sign-on provider ${details.name} does not answer as it should.`,
    hint: () =>
      'Try again shortly, or sign in another way. Its address can be looked at with `berth account sign-on list`.',
    fault: 'system',
    retryable: true,
  },
  'SIGN_ON.TAKEN': {
    message: (details: { name: string }) => `There is a sign-on provider ${details.name} already.`,
    hint: () => 'Choose another name, or remove it first: berth account sign-on remove NAME',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY_ACCOUNT.INVALID': {
    message: (details: { what: string; expected: string }) =>
      `The ${details.what} must be ${details.expected}.`,
    hint: (details: { what: string; expected: string }) => `Correct the ${details.what} and try again.`,
    fault: 'user',
    retryable: false,
  },
  'REGISTRY_ACCOUNT.NOT_FOUND': {
    message: (details: { host: string }) => `The team has no account for ${details.host}.`,
    hint: () => '`berth registry list` lists those that it has.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY_ACCOUNT.TOO_MANY': {
    message: (details: { most: number }) => `A team has accounts for ${details.most} registries at most.`,
    hint: () => 'Remove one that is not needed: berth registry logout HOST',
    fault: 'user',
    retryable: false,
  },
  'SECRET.UNREADABLE': {
    message: (details: { what: string }) => `The secret that is kept for ${details.what} cannot be opened.`,
    hint: () =>
      'The key of this platform (secrets/sealing under its home) is another than when it was set: restore that file, or set the secret anew.',
    fault: 'system',
    retryable: false,
  },
  'SECRET.NO_KEY': {
    message: () => 'The key that secrets are sealed with is missing or empty.',
    hint: () => 'Restore the file secrets/sealing under the platform’s home from its backup.',
    fault: 'system',
    retryable: false,
  },
  'PEOPLE.TOO_MANY_ATTEMPTS': {
    message: (details: { retryAfterSeconds: number }) =>
      `Too many attempts. Try again in ${details.retryAfterSeconds} s.`,
    hint: () => 'Or make a sign-in link on the machine with `berth account link`.',
    fault: 'user',
    retryable: true,
  },
})
