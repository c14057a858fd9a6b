import { errorTable, printable } from '@berth/domain'

export const pushError = errorTable({
  'PUSH.NO_SHELL': {
    message: () => 'Berth takes git pushes here; there is no shell.',
    hint: () => 'Try: git push ssh://git@HOST:PORT/APP.git main',
    fault: 'user',
    retryable: false,
  },
  'PUSH.UNKNOWN_KEY': {
    message: () => 'None of the SSH keys that were offered belongs to an account here.',
    hint: () => 'Add your public key in the dashboard, under your account, and push again.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.BAD_TOKEN': {
    message: () => 'Git over HTTP needs an API token as the password; this one is not valid.',
    hint: () => 'Make a token in the dashboard, under your account. The user name does not matter.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.APP_NOT_FOUND': {
    message: (details: { app: string }) => `There is no app ${printable(details.app)} that you may reach.`,
    hint: () => 'Check the name, or ask an owner of its team to let you in.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.FORBIDDEN': {
    message: (details: { app: string }) =>
      `Your role lets you look at ${printable(details.app)}, not deploy it.`,
    hint: () => 'Ask an owner or admin of its team for the role of a developer.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.BUSY': {
    message: () => 'Too many git sessions are open at the moment.',
    hint: () => 'Wait for the others to end and try again.',
    fault: 'system',
    retryable: true,
  },
  'PUSH.TOO_MANY_REFS': {
    message: (details: { limit: number }) =>
      `A push may name at most ${details.limit.toLocaleString('en')} branches and tags.`,
    hint: () => 'Push them in several steps.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.BAD_REF': {
    message: (details: { line: string }) => `${printable(details.line)} names no branch or tag.`,
    hint: () => 'Push to a name below refs/heads/ or refs/tags/.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.SUPERSEDED': {
    message: (details: { app: string }) =>
      `A newer push to ${printable(details.app)} took the place of this one.`,
    hint: () => 'Nothing was built. The newer push deploys when its turn comes.',
    fault: 'user',
    retryable: false,
  },
  'PUSH.BRANCH_MOVED': {
    message: (details: { branch: string }) =>
      `${printable(details.branch)} moved while this push waited for its turn.`,
    hint: () => 'Nothing was built. Pull the other change and push again.',
    fault: 'user',
    retryable: true,
  },
  'PUSH.BROKEN_OFF': {
    message: () => 'The push was broken off.',
    hint: () => 'Nothing was changed. Push again when you are ready.',
    fault: 'user',
    retryable: true,
  },
  'PUSH.RESTARTING': {
    message: () => 'Berth is being restarted, so the push was broken off.',
    hint: () => 'Nothing was changed. Push again in a moment.',
    fault: 'system',
    retryable: true,
  },
  'PUSH.TOOK_TOO_LONG': {
    message: (details: { limitMs: number }) =>
      `The push was not done after ${Math.round(details.limitMs / 60_000)} minutes.`,
    hint: () => 'Look at the build in the dashboard, and push again.',
    fault: 'system',
    retryable: true,
  },
  'PUSH.NO_OUTCOME': {
    message: () => 'The build or the deployment was cancelled.',
    hint: () => 'The app runs as before. Push again to start over.',
    fault: 'user',
    retryable: true,
  },
})
