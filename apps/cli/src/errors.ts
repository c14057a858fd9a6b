import { errorTable, printable } from '@berth/domain'

export const cliError = errorTable({
  'UP.NOT_ROOT': {
    message: () => '`berth up` needs root: it runs containers.',
    hint: () => 'Run the same command with sudo.',
    fault: 'user',
    retryable: false,
  },
  'UP.ALREADY_RUNNING': {
    message: (details: { home: string; pid: number }) =>
      `Berth is running for ${details.home} already (process ${details.pid}).`,
    hint: () => 'Use the one that runs, or stop it first: berth down',
    fault: 'user',
    retryable: false,
  },
  'UP.PORT_TAKEN': {
    message: (details: { port: number; setting: string }) =>
      `Something else listens on port ${details.port}.`,
    hint: (details: { port: number; setting: string }) =>
      `Stop it, or choose another port: ${details.setting}=…`,
    fault: 'user',
    retryable: true,
  },
  'UP.NOT_READY': {
    message: (details: { part: string; limitMs: number }) =>
      `The ${details.part} was not ready within ${details.limitMs / 1000} s.`,
    hint: () => 'Its lines above say why.',
    fault: 'system',
    retryable: true,
  },
  'DOWN.NOT_CONFIRMED': {
    message: (details: { home: string }) =>
      `This removes everything under ${details.home}: apps, images, database and accounts.`,
    hint: () => 'Nothing was changed. Say it again with --yes to do it.',
    fault: 'user',
    retryable: false,
  },
  'DOWN.STILL_RUNNING': {
    message: (details: { pid: number }) => `The platform (process ${details.pid}) did not stop.`,
    hint: () => 'Look at what it prints, then try again.',
    fault: 'system',
    retryable: true,
  },
  'ENGINE_COMMAND.NOT_ROOT': {
    message: () => 'The engine’s commands need root: they handle containers and images.',
    hint: () => 'Run the same command with sudo.',
    fault: 'user',
    retryable: false,
  },
  'SECRETS.NOT_ROOT': {
    message: () => 'The key of what is kept encrypted is root’s.',
    hint: () => 'Run the same command with sudo, at the machine.',
    fault: 'user',
    retryable: false,
  },
  'CLI.STILL_RUNS': {
    message: (details: { name: string }) => `The container ${details.name} runs.`,
    hint: () => 'Stop it first, or remove it with -f.',
    fault: 'user',
    retryable: false,
  },
  'CLI.RUNS_NOT': {
    message: (details: { name: string }) => `The container ${details.name} does not run.`,
    hint: (details: { name: string }) => `Start it first: berth engine start ${details.name}`,
    fault: 'user',
    retryable: false,
  },
  'CLI.BROKEN_OFF': {
    message: () => 'Broken off.',
    hint: () => 'Nothing is half done: say it again to begin anew.',
    fault: 'user',
    retryable: true,
  },
  'CLI.NOT_SIGNED_IN': {
    message: () => 'This needs to know who you are, and where.',
    hint: () => 'Sign in first: berth login http://berth.localhost:8080',
    fault: 'user',
    retryable: false,
  },
  'CLI.UNREACHABLE': {
    message: (details: { url: string }) => `Nothing answers at ${details.url}.`,
    hint: () => 'Check the address, and that the platform is running there.',
    fault: 'system',
    retryable: true,
  },
  'CLI.NOT_DELIVERED': {
    message: (details: { to: string; answer: string | null }) =>
      details.answer ?? `Nothing was heard of ${details.to} within 20 s.`,
    hint: () => 'See what becomes of it: berth notifications deliveries',
    fault: 'user',
    retryable: true,
  },
  'APP.NOT_CONFIRMED': {
    message: (details: { app: string }) => `This removes everything of ${printable(details.app)}.`,
    hint: ({ app }: { app: string }) =>
      `Nothing was changed. To do it: berth apps destroy ${app} --confirm ${app}`,
    fault: 'user',
    retryable: false,
  },
  'CLI.NOT_IN_TIME': {
    message: (details: { what: string; seconds: number }) =>
      `${details.what} was not done after ${details.seconds} s.`,
    hint: () => 'It goes on. Look at it: berth ps, berth logs',
    fault: 'system',
    retryable: true,
  },
  'CLI.INSTANCE_CRASHES': {
    message: (details: { app: string; name: string }) => `${details.name} ends again and again.`,
    hint: ({ app, name }: { app: string; name: string }) =>
      `See why: berth logs --app ${app} --instance ${name}`,
    fault: 'user',
    retryable: false,
  },
  'CLI.NOTHING_UNDER_WAY': {
    message: (details: { app: string }) => `Nothing of ${details.app} is being built or deployed.`,
    hint: () => 'There is nothing to cancel.',
    fault: 'user',
    retryable: false,
  },
  'CLI.PUSH_REFUSED': {
    message: (details: { app: string }) => `The archive was not deployed to ${details.app}.`,
    hint: () => 'What is printed above says why.',
    fault: 'user',
    retryable: false,
  },
  'CLI.BAD_ARCHIVE': {
    message: (details: { file: string; reason: string }) =>
      `${printable(details.file)} cannot be deployed: ${details.reason}.`,
    hint: () => 'Nothing was sent. Make it with: git archive -o app.tar.gz HEAD',
    fault: 'user',
    retryable: false,
  },
  'CLI.NO_SESSION': {
    message: (details: { url: string }) => `No session could be opened at ${details.url}.`,
    hint: () =>
      'A proxy on the way may not let WebSockets pass, or the address may not be reachable from here. Sign in with one that is: berth login URL',
    fault: 'system',
    retryable: true,
  },
  'CLI.SESSION_LOST': {
    message: () => 'The connection was lost. What it ran is ended.',
    hint: () => 'Try again when the network is back. What should outlive it: berth run --detached -- COMMAND',
    fault: 'system',
    retryable: true,
  },
  'CLI.BAD_INPUT': {
    message: (details: { what: string }) => details.what,
    hint: () => 'See `berth help` for what is expected.',
    fault: 'user',
    retryable: false,
  },
})
