import { isBerthError, type Settings } from '@berth/domain'
import { mailError } from '../mail/errors.ts'
import type { Mail, SendMail } from '../mail/mail.ts'
import { parseMailAddress } from '../mail/parse-mail-address.ts'

/**
 * A connection a mail. Encryption: `smtps:` from the first byte; `smtp:` as soon as the server offers it, and always before
 * a password is sent, but to this machine itself.
 */
export type SmtpOptions = {
  /** `smtp://user:password@host:587`, `smtps://host` */
  url: string
  /** `Berth <berth@example.com>` or the address alone. */
  from: string
  /** The address to call for the host; it throws where that must not be called. Left out: whatever the name means. */
  addressOf?: (host: string, port: number) => Promise<string>
}

const connectTimeoutMs = 10_000
const silenceMs = 15_000
const wholeMs = 30_000

/** @throws MAIL.REFUSED, MAIL.FAILED, MAIL.ADDRESS_INVALID */
export function openSmtpMail({ url, from, addressOf }: SmtpOptions): SendMail {
  const server = serverOf(url)
  return async (mail) => {
    const to = mail.to.map(parseMailAddress)
    try {
      const host = addressOf === undefined ? server.host : await addressOf(server.host, server.port)
      return await send({ ...server, address: host }, { ...mail, to, from })
    } catch (error) {
      throw isBerthError(error) ? error : translated(server.host, error)
    }
  }
}

/** The platform's own. Where none was set up, everything else works, and who wants a mail sent learns why it cannot be. */
export function openMail({ smtpUrl, mailFrom }: Pick<Settings, 'smtpUrl' | 'mailFrom'>): SendMail {
  if (smtpUrl === null) return () => Promise.reject(mailError['MAIL.NOT_SET_UP']())
  return openSmtpMail({ url: smtpUrl, from: mailFrom })
}

type Server = ReturnType<typeof serverOf>

function serverOf(text: string) {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    auth:
      url.username === ''
        ? undefined
        : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  }
}

async function send(
  { host, address, port, secure, auth }: Server & { address: string },
  mail: Mail & { from: string },
): Promise<{ answer: string }> {
  // A few MB, for who sends mail alone.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host: address,
    port,
    secure,
    ...(auth === undefined ? {} : { auth }),
    ...(isName(host) ? { servername: host } : {}),
    requireTLS: !secure && auth !== undefined && !isLoopback(address),
    ignoreTLS: isLoopback(address) && !secure,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const sent = transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    subject: mail.subject.replace(/[\r\n]+/g, ' '),
    text: mail.text,
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  try {
    const { response } = await within(wholeMs, sent)
    return { answer: response }
  } finally {
    transport.close()
  }
}

async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${limitMs / 1_000} s`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

type SmtpProblem = Error & { code?: string; responseCode?: number; response?: string }

/** 5xx is the server's last word. Source: RFC 5321, 4.2.1. A wrong password is one, too. */
function translated(host: string, error: unknown) {
  const { code, responseCode = 0, response, message } = error as SmtpProblem
  if (responseCode >= 500) {
    return mailError['MAIL.REFUSED']({ host, answer: response ?? message }, { cause: error })
  }
  return mailError['MAIL.FAILED']({ host, reason: response ?? code ?? message }, { cause: error })
}

function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host)
}

function isLoopback(address: string): boolean {
  return /^127\.|^::1$|^localhost$/.test(address)
}
