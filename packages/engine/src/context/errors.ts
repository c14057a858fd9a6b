import { errorTable } from '@berth/domain'

export const contextError = errorTable({
  'CONTEXT.NOT_A_DIRECTORY': {
    message: (details: { path: string }) => `${details.path} is no directory to build from.`,
    hint: () => 'Name the directory that holds the Dockerfile: berth engine build .',
    fault: 'user',
    retryable: false,
  },
  'CONTEXT.CHANGED': {
    message: (details: { path: string }) => `${details.path} changed while it was read.`,
    hint: () => 'Build again once nothing writes to the directory.',
    fault: 'user',
    retryable: true,
  },
})
