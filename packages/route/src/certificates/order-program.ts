import { Resolver } from 'node:dns/promises'
import { Agent } from 'node:https'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates } from 'node:tls'
import acme from 'acme-client'
import { callDnsWebhook, challengeName } from './dns-webhook.ts'
import type { AnswerLine, OrderLine, Problem, SaidLine } from './order-protocol.ts'

/**
 * One order of a certificate, as a process of its own: without root, for it speaks with strangers; and gone afterwards, with
 * everything that acme-client loads. It says what it needs and how it ended in lines on standard output.
 */
const requestTimeoutMs = 30_000
const longestAnswerBytes = 1_000_000
/** How long a record may take until it is seen, and how often it is looked for. */
const recordWithinMs = 3 * 60_000
const lookAgainMs = 2_000

/** How an order failed, where it was not the authority that said so. */
class Failed extends Error {
  readonly kind: Problem['kind']
  constructor(kind: Problem['kind'], words: string) {
    super(words)
    this.kind = kind
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
let told: Problem | null = null

const order = JSON.parse(await nextLine()) as OrderLine
try {
  speakTo(order)
  say({ say: 'obtained', ...(await obtain(order)) })
} catch (error) {
  say({ say: 'failed', problem: problemOf(error) })
}
process.exit(0)

async function obtain({ host, ...given }: OrderLine): Promise<{ chain: string; key: string }> {
  const client = await clientOf(given)
  const placed = await client.createOrder({ identifiers: [{ type: 'dns', value: host }] })
  for (const authorization of await client.getAuthorizations(placed)) {
    if (authorization.status !== 'valid') await prove(client, authorization, { host, ...given })
  }
  const curve = await acme.crypto.createPrivateEcdsaKey('P-256')
  const [key, request] = await acme.crypto.createCsr({ altNames: [host] }, curve)
  const finished = await client.finalizeOrder(placed, request)
  return { chain: await client.getCertificate(finished), key: key.toString() }
}

/** Asking for an account with a key that has one is answered with that one, and with a new one where it was forgotten there. */
async function clientOf({ directory, email, account }: Omit<OrderLine, 'host'>): Promise<acme.Client> {
  const polling = { backoffAttempts: 30, backoffMin: 500, backoffMax: 5_000 }
  const signIn = async (accountKey: string): Promise<acme.Client> => {
    const client = new acme.Client({ directoryUrl: directory, accountKey, ...polling })
    await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${email}`] })
    return client
  }
  if (account !== null) return await signIn(account.key)
  const key = (await acme.crypto.createPrivateEcdsaKey('P-256')).toString()
  const client = await signIn(key)
  const kept = await ask({ say: 'account', account: { url: client.getAccountUrl(), key } })
  return kept === undefined || kept.key === key ? client : await signIn(kept.key)
}

async function prove(
  client: acme.Client,
  authorization: acme.Authorization,
  given: OrderLine,
): Promise<void> {
  const type = given.proof.kind === 'http' ? 'http-01' : 'dns-01'
  const challenge = authorization.challenges.find((one) => one.type === type)
  if (challenge === undefined) throw new Failed('authority', `it offers no challenge of the kind ${type}`)
  const answer = await client.getChallengeKeyAuthorization(challenge)
  const remove = await present({ token: challenge.token, answer }, given)
  try {
    await client.completeChallenge(challenge)
    await client.waitForValidStatus(challenge)
  } finally {
    await remove()
  }
}

type Answer = { token: string; answer: string }

/** Returns how to take it back, which never fails: the order's own end is what counts. */
async function present({ token, answer }: Answer, given: OrderLine): Promise<() => Promise<void>> {
  const { host, proof } = given
  if (proof.kind === 'http') {
    const remove = async () => void (await ask({ say: 'remove', token }))
    await ask({ say: 'present', token, answer })
    return remove
  }
  const record = { host, name: challengeName(host), value: answer }
  const webhook = { url: proof.webhook, secret: proof.secret }
  const remove = () => callDnsWebhook(webhook, 'cleanup', record).catch(() => undefined)
  try {
    await callDnsWebhook(webhook, 'present', record)
    await untilSeen(record, proof.nameServers)
  } catch (error) {
    await remove()
    throw new Failed('webhook', error instanceof Error ? reasonOf(error) : 'it failed')
  }
  return remove
}

async function untilSeen(
  { name, value }: { name: string; value: string },
  servers: readonly string[],
): Promise<void> {
  const resolver = new Resolver({ timeout: 5_000, tries: 2 })
  if (servers.length > 0) resolver.setServers(servers)
  for (const until = Date.now() + recordWithinMs; Date.now() < until; await sleep(lookAgainMs)) {
    const found = await resolver.resolveTxt(name).catch(() => [])
    if (found.some((parts) => parts.join('') === value)) return
  }
  throw new Error(`the record ${name} was not seen within ${recordWithinMs / 1_000} s`)
}

/** Instead of acme-client's own patience, which waits for whatever an authority says and tells nobody. */
function speakTo({ authorities }: OrderLine): void {
  const ca = [
    ...getCACertificates('default'),
    ...getCACertificates('system'),
    ...(authorities ? [authorities] : []),
  ]
  const { defaults, interceptors } = acme.axios
  Object.assign(defaults, {
    httpsAgent: new Agent({ ca }),
    timeout: requestTimeoutMs,
    maxContentLength: longestAnswerBytes,
    maxRedirects: 0,
    proxy: false,
  })
  interceptors.response.clear()
  interceptors.response.use(null, (error) => {
    if (!error.response) throw new Failed('unreachable', reasonOf(error))
    const { status, data, headers } = error.response
    const said = status >= 400 ? data : data?.error
    if (typeof said?.type === 'string')
      told = { ...problemIn(said), retryAfterSeconds: secondsOf(headers['retry-after']) }
    else if (status >= 500) throw new Failed('unreachable', `it answered with status ${status}`)
    return error.response
  })
}

function problemIn(said: { type: string; detail?: unknown }): Omit<Problem, 'retryAfterSeconds'> {
  const words = typeof said.detail === 'string' ? said.detail.slice(0, 2_000) : said.type
  return {
    kind: 'authority',
    type: said.type.replace('urn:ietf:params:acme:error:', '').slice(0, 200),
    words,
  }
}

function problemOf(error: unknown): Problem {
  const other = { type: '', retryAfterSeconds: 0 }
  if (error instanceof Failed) return { ...other, kind: error.kind, words: error.message.slice(0, 2_000) }
  if (told !== null) return told
  const words = error instanceof Error ? error.message.slice(0, 2_000) : 'unknown'
  return { ...other, kind: 'other', words }
}

function reasonOf(error: Error & { code?: string; cause?: unknown }): string {
  const cause = error.cause instanceof Error ? error.cause : error
  const { code = '' } = cause as { code?: string }
  return [code, cause.message].filter((word) => word !== '').join(' ')
}

function secondsOf(header: unknown): number {
  const text = String(header ?? '')
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 30 * 24 * 60 * 60) : 0
}

async function ask(line: SaidLine): Promise<{ url: string; key: string } | undefined> {
  say(line)
  const answer = JSON.parse(await nextLine()) as AnswerLine
  if (!answer.ok) throw new Failed('other', 'the challenge could not be answered here')
  return answer.account
}

function say(line: SaidLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Whoever ordered is gone: so are we. */
async function nextLine(): Promise<string> {
  const { done, value } = await lines.next()
  if (done) process.exit(1)
  return value
}
