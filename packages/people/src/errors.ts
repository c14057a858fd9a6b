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
  'TOKEN.INVALID': {
    message: () => 'This API token is not valid.',
    hint: () => 'It may have expired or been revoked: make a new one under Account, Tokens.',
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
