import { errorTable } from '@berth/domain'

type AtLine = { line: number; reason: string }

export const releaseError = errorTable({
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
})
