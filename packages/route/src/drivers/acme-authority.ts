import { createInterface } from 'node:readline'
import { type CommandRunner, command, localRunner, type RunningCommand, Secret } from '@berth/command'
import type { AcmeSettings } from '@berth/domain'
import { type Authority, type Order, orderTimeoutMs } from '../certificates/authority.ts'
import { certificateError } from '../certificates/errors.ts'
import {
  type AnswerLine,
  type OrderLine,
  type Problem,
  type SaidLine,
  saidLine,
} from '../certificates/order-protocol.ts'
import { RetryLater } from '../certificates/retry-later.ts'

export type AuthorityOptions = {
  settings: AcmeSettings
  nameServers: readonly string[]
  /** PEM of `settings.authorities`. */
  authorities: string | null
  webhookSecret: Secret | null
  /** Whom the program runs as; null: whoever starts it. */
  user: { uid: number; gid: number } | null
  runner?: CommandRunner
}

const program = new URL('../certificates/order-program.ts', import.meta.url).pathname
const longestLineBytes = 60_000

/** An authority that speaks ACME (RFC 8555). Each order is a process of its own, which ends with it. */
export function openAcmeAuthority(options: AuthorityOptions): Authority {
  const { runner = localRunner, user } = options
  return {
    async order(order) {
      const line = orderLine(options, order)
      const signal = AbortSignal.any([order.signal, AbortSignal.timeout(orderTimeoutMs)])
      const running = runner.start(
        {
          ...command('setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--', process.execPath, program),
          ...(user && { user }),
          cwd: '/',
        },
        { stdio: ['pipe', 'pipe', 'ignore'] },
      )
      const presented = new Set<string>()
      try {
        return await Promise.race([converse(running, { order, presented, line }), brokenOff(signal)])
      } finally {
        running.kill('SIGKILL')
        await running.exited
        for (const token of presented) await order.answerAt?.remove(token)
      }
    },
  }
}

type Conversation = { order: Order; presented: Set<string>; line: OrderLine }

async function converse(running: RunningCommand, { order, presented, line }: Conversation) {
  // A program that is gone is noticed by what it has not said.
  running.stdin?.on('error', () => undefined)
  const tell = (value: OrderLine | AnswerLine) => running.stdin?.write(`${JSON.stringify(value)}\n`)
  tell(line)
  for await (const text of running.stdout ? createInterface({ input: running.stdout }) : []) {
    const said = parse(text)
    if (said.say === 'obtained') return { chain: said.chain, key: new Secret(said.key) }
    if (said.say === 'failed') throw failure(order.host, said.problem)
    tell(await answer(order, presented, said))
  }
  throw certificateError['CERTIFICATE.ORDER_BROKEN_OFF']({ words: 'the program that asks has ended' })
}

async function answer(order: Order, presented: Set<string>, said: SaidLine): Promise<AnswerLine> {
  if (said.say === 'account') {
    const { url, key } = said.account
    const kept = await order.keepAccount({ url, key: new Secret(key) })
    return { ok: true, account: { url: kept.url, key: kept.key.reveal() } }
  }
  if (order.answerAt === undefined) return { ok: false }
  if (said.say === 'present') {
    presented.add(said.token)
    await order.answerAt.present(said.token, said.answer)
  }
  if (said.say === 'remove' && presented.delete(said.token)) await order.answerAt.remove(said.token)
  return { ok: true }
}

function brokenOff(signal: AbortSignal): Promise<never> {
  const words = 'it took too long, or the platform is being restarted'
  const error = certificateError['CERTIFICATE.ORDER_BROKEN_OFF']({ words })
  return new Promise((_, reject) => {
    if (signal.aborted) reject(error)
    else signal.addEventListener('abort', () => reject(error), { once: true })
  })
}

function orderLine(
  { settings, authorities, webhookSecret, nameServers }: AuthorityOptions,
  order: Order,
): OrderLine {
  const { directory, email, dnsWebhook } = settings
  const account = order.account && { url: order.account.url, key: order.account.key.reveal() }
  const common = { host: order.host, directory, email, authorities, account }
  if (order.answerAt !== undefined) return { ...common, proof: { kind: 'http' } }
  if (dnsWebhook === null || webhookSecret === null)
    throw certificateError['CERTIFICATE.NO_WEBHOOK']({ host: order.host })
  return {
    ...common,
    proof: { kind: 'dns', webhook: dnsWebhook, secret: webhookSecret.reveal(), nameServers },
  }
}

function parse(text: string): SaidLine {
  const broken = () =>
    certificateError['CERTIFICATE.ORDER_BROKEN_OFF']({ words: 'the program that asks was not understood' })
  if (text.length > longestLineBytes) throw broken()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw broken()
  }
  const said = saidLine.safeParse(value)
  if (!said.success) throw broken()
  return said.data
}

/** Source of the types: RFC 8555, 6.7. */
const unproved = new Set(['connection', 'dns', 'incorrectResponse', 'tls', 'unauthorized', 'caa'])

function failure(host: string, { kind, type, words, retryAfterSeconds }: Problem): Error {
  if (kind === 'unreachable') return certificateError['CERTIFICATE.AUTHORITY_UNREACHABLE']({ words })
  if (kind === 'webhook') return certificateError['CERTIFICATE.WEBHOOK_FAILED']({ words })
  if (kind === 'other') return certificateError['CERTIFICATE.ORDER_BROKEN_OFF']({ words })
  if (type === 'rateLimited' || type === 'serverInternal' || retryAfterSeconds > 0)
    return new RetryLater(certificateError['CERTIFICATE.RATE_LIMITED']({ words }), retryAfterSeconds * 1_000)
  if (unproved.has(type)) return certificateError['CERTIFICATE.NOT_PROVED']({ host, words })
  return certificateError['CERTIFICATE.REFUSED']({ host, words })
}
