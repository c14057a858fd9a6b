import { errorTable } from '@berth/domain'

export const logError = errorTable({
  'LOG.BAD_PATTERN': {
    message: (details: { why: string }) => `The pattern cannot be used: ${details.why}.`,
    hint: () =>
      'Patterns are regular expressions without back references and looking around. For plain text, use --search.',
    fault: 'user',
    retryable: false,
  },
})
