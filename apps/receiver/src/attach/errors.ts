import { errorTable, printable } from '@berth/domain'

export const attachError = errorTable({
  'ATTACH.SIGNED_OUT': {
    message: () => 'This needs to know who you are: the token, or the session, is not valid.',
    hint: () => 'Sign in again: berth login',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.APP_NOT_FOUND': {
    message: (details: { app: string }) => `There is no app ${printable(details.app)} that you may reach.`,
    hint: () => 'Check the name. `berth apps` lists yours.',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.FORBIDDEN': {
    message: (details: { app: string }) =>
      `Your role, or the scope of your token, does not let you run commands in ${printable(details.app)}.`,
    hint: () => 'Ask an owner or admin of its team for the role of a developer.',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.REVOKED': {
    message: () => 'The session was ended: you may not run commands here any more.',
    hint: () => 'The token, the session or the membership that it was begun with is gone.',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.BUSY': {
    message: () => 'Too many sessions are open at the moment.',
    hint: () => 'End another of yours, or wait for others to end theirs, and try again.',
    fault: 'system',
    retryable: true,
  },
  'ATTACH.LOST': {
    message: () => 'The connection to what runs was lost, so it was ended.',
    hint: () => 'Berth is being restarted. Try again in a moment.',
    fault: 'system',
    retryable: true,
  },
})
