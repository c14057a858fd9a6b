import { errorTable, printable } from '@berth/domain'
import { cleanLine } from '../clean-text.ts'

export const mailError = errorTable({
  'MAIL.NOT_SET_UP': {
    message: () => 'This platform cannot send mail yet.',
    hint: () => 'Its administrator sets BERTH_SMTP_URL and BERTH_MAIL_FROM, and starts Berth again.',
    fault: 'user',
    retryable: false,
  },
  'MAIL.ADDRESS_INVALID': {
    message: (details: { address: string }) => `${printable(details.address)} is no mail address.`,
    hint: () => 'Write it as name@example.com, without a display name.',
    fault: 'user',
    retryable: false,
  },
  'MAIL.REFUSED': {
    message: (details: { host: string; answer: string }) =>
      `The mail server ${details.host} refuses the mail: ${shortened(details.answer)}.`,
    hint: () => 'Correct the address, or the account and the sender that Berth uses at that server.',
    fault: 'user',
    retryable: false,
  },
  'MAIL.FAILED': {
    message: (details: { host: string; reason: string }) =>
      `The mail server ${details.host} did not take the mail: ${shortened(details.reason)}.`,
    hint: () => 'Berth tries again by itself. Check the server’s address and port if it lasts.',
    fault: 'system',
    retryable: true,
  },
})

const longest = 300

/** Another server's words: one line, and not many of them. */
function shortened(words: string): string {
  const line = cleanLine(words.replace(/\s+/g, ' ')).replace(/\.$/, '')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
