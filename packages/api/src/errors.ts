import { errorTable, printable } from '@berth/domain'

export const apiError = errorTable({
  'API.SIGNED_OUT': {
    message: () => 'You are not signed in.',
    hint: () => 'Sign in, or give a token that is valid. `berth login` asks for one.',
    fault: 'user',
    retryable: false,
  },
  'API.NOT_ALLOWED': {
    message: () => 'Your role does not allow this.',
    hint: () => 'Ask an owner or an admin of the team.',
    fault: 'user',
    retryable: false,
  },
  'API.BAD_INPUT': {
    message: (details: { problem: string }) => `That was not understood: ${details.problem}.`,
    hint: () => 'Correct it and try again.',
    fault: 'user',
    retryable: false,
  },
  'API.OTHER_ORIGIN': {
    message: () => 'This request came from another site.',
    hint: () => 'Open the dashboard at its own address and try again.',
    fault: 'user',
    retryable: false,
  },
  'API.NO_SUCH_PROCEDURE': {
    message: () => 'There is no such procedure.',
    hint: () => 'The command line and the platform may be of different versions: update the older one.',
    fault: 'user',
    retryable: false,
  },
  'API.NO_TEAM': {
    message: () => 'You are in no team yet, so there is nobody the app could belong to.',
    hint: () => 'Ask an owner to add you to a team.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.NOT_FOUND': {
    message: (details: { team: string }) => `There is no team ${printable(details.team)}.`,
    hint: () => 'Check the name. `berth whoami --json` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'TEAM.NOT_SAID': {
    message: () => 'You are in several teams, or in several of this name.',
    hint: () => 'Say which, by its name or id: `berth whoami --json` lists them.',
    fault: 'user',
    retryable: false,
  },
  'APP.NOT_FOUND': {
    message: (details: { name: string }) => `There is no app ${printable(details.name)}.`,
    hint: () => 'Check the name. `berth apps` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'APP.NAME_DIFFERS': {
    message: (details: { name: string }) => `The name given is not "${details.name}".`,
    hint: () => 'To remove an app, type its name exactly.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOYMENT.NOT_FOUND': {
    message: () => 'There is no such deployment.',
    hint: () => 'Check the address. `berth releases` lists what was deployed.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOYMENT.OVER': {
    message: () => 'This deployment is over already.',
    hint: () => 'There is nothing left to cancel.',
    fault: 'user',
    retryable: false,
  },
  'KEY.NOT_FOUND': {
    message: () => 'You have no such key.',
    hint: () => 'It may have been removed already.',
    fault: 'user',
    retryable: false,
  },
  'TOKEN.NOT_FOUND': {
    message: () => 'You have no such token.',
    hint: () => 'It may have been revoked already.',
    fault: 'user',
    retryable: false,
  },
})
