import { errorTable, printable } from '@berth/domain'

/** What an authority, a webhook or a certificate's owner can be told; `words` come from outside, and are cut and quoted. */
export const certificateError = errorTable({
  'CERTIFICATE.AUTHORITY_UNREACHABLE': {
    message: (details: { words: string }) =>
      `The certificate authority cannot be reached: ${said(details.words)}.`,
    hint: () => 'It is tried again by itself. BERTH_ACME_DIRECTORY says which authority is asked.',
    fault: 'system',
    retryable: true,
  },
  'CERTIFICATE.RATE_LIMITED': {
    message: (details: { words: string }) =>
      `The certificate authority wants to be asked later: ${said(details.words)}.`,
    hint: () => 'It is tried again by itself, when the authority allows it.',
    fault: 'system',
    retryable: true,
  },
  'CERTIFICATE.NOT_PROVED': {
    message: (details: { host: string; words: string }) =>
      `The certificate authority could not see that ${details.host} leads here: ${said(details.words)}.`,
    hint: (details: { host: string; words: string }) =>
      `Look at the name's records; \`berth domains verify ${details.host}\` says what is found from here.`,
    fault: 'user',
    retryable: true,
  },
  'CERTIFICATE.REFUSED': {
    message: (details: { host: string; words: string }) =>
      `The certificate authority gives no certificate for ${details.host}: ${said(details.words)}.`,
    hint: () =>
      'It is tried again by itself, ever more seldom. A certificate of your own can be added with `berth certs add`.',
    fault: 'user',
    retryable: true,
  },
  'CERTIFICATE.ELSEWHERE': {
    message: (details: { host: string; found: string }) =>
      `${details.host} does not lead here: ${details.found}.`,
    hint: (details: { host: string; found: string }) =>
      `Create its record: \`berth domains verify ${details.host}\` says which. It is looked at again by itself.`,
    fault: 'user',
    retryable: true,
  },
  'CERTIFICATE.NO_WEBHOOK': {
    message: (details: { host: string }) =>
      `A certificate for ${details.host} takes records in its DNS, and nobody makes them.`,
    hint: () =>
      'Set BERTH_ACME_DNS_WEBHOOK to what makes DNS records at your provider, or add a certificate of your own with `berth certs add`.',
    fault: 'user',
    retryable: true,
  },
  'CERTIFICATE.WEBHOOK_FAILED': {
    message: (details: { words: string }) =>
      `The webhook for DNS records did not do what it was asked for: ${said(details.words)}.`,
    hint: () => 'It is tried again by itself. Look at what stands behind BERTH_ACME_DNS_WEBHOOK.',
    fault: 'system',
    retryable: true,
  },
  'CERTIFICATE.ORDER_BROKEN_OFF': {
    message: (details: { words: string }) =>
      `Asking for the certificate was broken off: ${said(details.words)}.`,
    hint: () => 'It is tried again by itself.',
    fault: 'system',
    retryable: true,
  },
  'CERTIFICATE.UNUSABLE': {
    message: (details: { problem: string }) => `The certificate cannot be used: ${details.problem}.`,
    hint: () =>
      'Give the certificate with those that lead to its authority, in PEM, and its private key without a pass phrase.',
    fault: 'user',
    retryable: false,
  },
  'CERTIFICATE.NOT_FOUND': {
    message: () => 'The app has no such certificate.',
    hint: () => '`berth certs` lists them.',
    fault: 'user',
    retryable: false,
  },
  'CERTIFICATE.TOO_MANY': {
    message: (details: { most: number }) =>
      `The app has ${details.most} certificates of its own, and may have no more.`,
    hint: () => 'Remove one that is not needed any more: `berth certs` lists them.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.INVALID': {
    message: (details: { given: string; problem: string }) =>
      `${printable(details.given)} is no domain for an app: ${details.problem}.`,
    hint: () => 'A domain reads www.example.com, or *.example.com for every name one label below it.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.RESERVED': {
    message: (details: { host: string }) => `${details.host} is one of the platform's own names.`,
    hint: () => 'Every app has its own name below the base domain already. Choose a name elsewhere.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.NOT_FOUND': {
    message: (details: { host: string }) => `The app has no domain ${printable(details.host)}.`,
    hint: () => '`berth domains` lists them.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.TOO_MANY': {
    message: (details: { most: number }) => `The app has ${details.most} domains, and may have no more.`,
    hint: () => 'Remove one that is not needed any more. A wildcard takes the place of many.',
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.NO_TARGET': {
    message: (details: { to: string }) => `${printable(details.to)} is none of the app's domains.`,
    hint: (details: { to: string }) => `Add it first: berth domains add ${details.to}`,
    fault: 'user',
    retryable: false,
  },
  'DOMAIN.IN_USE': {
    message: (details: { host: string; by: string }) =>
      `${details.by} sends its visitors to ${details.host}.`,
    hint: (details: { host: string; by: string }) =>
      `Remove ${details.by} first, or let it send them elsewhere.`,
    fault: 'user',
    retryable: false,
  },
})

/** Longer than `printable` lets a text be: an authority's reasons are sentences. */
function said(words: string): string {
  const one = words.trim().replace(/\s+/g, ' ').replace(/\.+$/, '').slice(0, 400)
  return one.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?') || 'no reason given'
}
