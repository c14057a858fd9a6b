import { errorTable, printable } from '@berth/domain'

type AtLine = { line: number; reason: string }

type Locked = { app: string; at: Date; by: string | null; reason: string | null }

export const releaseError = errorTable({
  'RELEASE.APP_LOCKED': {
    message: ({ app, at, by, reason }: Locked) =>
      `${app} is locked since ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC${by === null ? '' : ` by ${printable(by)}`}${reason === null ? '.' : `: ${printable(reason)}`}`,
    hint: ({ app }: Locked) => `Nothing was changed. When it may be deployed again: berth apps unlock ${app}`,
    fault: 'user',
    retryable: false,
  },
  'RELEASE.PROCFILE_INVALID': {
    message: ({ line, reason }: AtLine) => `Procfile, line ${line}: ${reason}`,
    hint: () =>
      'Every line is a comment (# or //), empty, or `<type>: <command>`, for example `web: node server.js`.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.APP_JSON_INVALID': {
    message: ({ line, reason }: AtLine) => `app.json, line ${line}: ${reason}`,
    hint: () => 'Correct the line, commit and push again. Comments are allowed; trailing commas are not.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.CHECKS_INVALID': {
    message: ({ line, reason }: AtLine) => `CHECKS, line ${line}: ${reason}`,
    hint: () =>
      'Every line is a comment (#), empty, WAIT=, TIMEOUT= or ATTEMPTS= with a number, or `/path expected content`. New checks belong in app.json.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.SCHEDULE_INVALID': {
    message: (details: { given: string; reason: string }) =>
      `${printable(details.given)} is not a schedule: ${details.reason}.`,
    hint: () =>
      'Five fields: minute, hour, day of the month, month, day of the week, in UTC. For example "*/5 * * * *", or @daily.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.COMMAND_INVALID': {
    message: (details: { reason: string }) => `The command cannot be read: ${details.reason}`,
    hint: () => 'Close every quote, and put a backslash before one that is meant literally.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.COMMAND_NEEDS_SHELL': {
    message: (details: { because: string }) =>
      `The command needs a shell (${details.because}), and the image has no \`sh\`.`,
    hint: () => 'Quote the character if it is meant literally, or use a base image with a shell.',
    fault: 'user',
    retryable: false,
  },
  'RELEASE.NOTHING_TO_RUN': {
    message: () => 'There is nothing to run: the image has neither ENTRYPOINT nor CMD.',
    hint: () => 'Add a CMD to the Dockerfile, or a Procfile with `web: <command>`.',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.NAME_INVALID': {
    message: (details: { name: string }) => `${printable(details.name)} is not the name of a variable.`,
    hint: () =>
      'A name is made of letters, digits and `_`, does not begin with a digit, and has 200 at most.',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.NAME_RESERVED': {
    message: (details: { name: string }) => `${printable(details.name)} is set by Berth itself.`,
    hint: () => 'Choose another name: BERTH_… and DYNO tell an instance which it is.',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.VALUE_INVALID': {
    message: (details: { name: string; reason: string }) =>
      `The value of ${printable(details.name)} ${details.reason}.`,
    hint: () => 'Put what is large into a secret file: berth config file set NAME --from PATH',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.FILE_INVALID': {
    message: (details: { name: string; reason: string }) =>
      `The secret file ${printable(details.name)} cannot be kept: ${details.reason}.`,
    hint: () =>
      'A secret file is for keys and certificates; what is larger belongs into a volume or the image.',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.TOO_LARGE': {
    message: (details: { what: string }) => `That is more than an app can be told: ${details.what}.`,
    hint: () => 'Nothing was changed. Remove what is not needed: berth config unset NAME',
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.MISSING': {
    message: (details: { names: readonly string[]; app: string }) =>
      `app.json requires what nobody has set: ${details.names.join(', ')}.`,
    hint: (details: { names: readonly string[]; app: string }) =>
      `Set it, then push again: berth config set ${details.names.map((name) => `${name}=…`).join(' ')} --app ${details.app}`,
    fault: 'user',
    retryable: false,
  },
  'CONFIGURATION.ENV_FILE_INVALID': {
    message: (details: { line: number; reason: string }) => `Line ${details.line}: ${details.reason}`,
    hint: () =>
      'Nothing was changed. A line is a comment (#), empty, or `NAME=value`; quotes hold spaces and line ends.',
    fault: 'user',
    retryable: false,
  },
})
