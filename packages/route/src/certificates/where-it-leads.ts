import { randomBytes } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { challengePath } from '../haproxy-maps.ts'
import { type DnsRecord, dnsRecords, type FrontTarget } from './dns-records.ts'

/** Where a name leads, as it was found from this machine. */
export type Lead = {
  host: string
  leadsHere: boolean
  /** What its records say. */
  addresses: string[]
  alias: string | null
  /** As the end of “HOST does not lead here: …”. */
  found: string
  /** What would lead it here. */
  record: DnsRecord
}

export type Asking = {
  nameServers: readonly string[]
  /** Where the front door is reached from outside, in the order in which they are tried: 80 first. */
  ports: readonly number[]
  /** A name that leads here: the platform's own. */
  ownName: string
  answerAt(host: string): {
    present(token: string, answer: string): Promise<void>
    remove(token: string): Promise<void>
  }
}

const lookUpTimeoutMs = 3_000
const fetchTimeoutMs = 3_000
const mostAddresses = 4

/**
 * Looks up the records of a name, and asks what answers there for something that only this platform knows: behind a load
 * balancer or a router the addresses are not this machine's, and it still leads here. Wildcards are asked for by a name
 * that nobody has.
 */
export async function whereItLeads(host: string, asking: Asking): Promise<Lead> {
  const name = host.replace(/^\*/, `berth-${randomBytes(4).toString('hex')}`)
  const { addresses, alias } = await lookUp(resolverOf(asking.nameServers), name)
  const [record] = dnsRecords(host, await whereNamesMustLead(asking))
  const known = { host, addresses, alias, record }
  if (addresses.length === 0) return { ...known, leadsHere: false, found: 'it has no address' }
  const leadsHere = await answersHere(name, addresses, asking)
  const found = leadsHere
    ? 'it does'
    : `it leads to ${addresses.join(', ')}, and what answers there is not this platform`
  return { ...known, leadsHere, found }
}

function resolverOf(nameServers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: lookUpTimeoutMs, tries: 2 })
  if (nameServers.length > 0) resolver.setServers(nameServers)
  return resolver
}

async function lookUp(
  resolver: Resolver,
  name: string,
): Promise<{ addresses: string[]; alias: string | null }> {
  const [four, six, alias] = await Promise.all([
    resolver.resolve4(name).catch(() => []),
    resolver.resolve6(name).catch(() => []),
    resolver.resolveCname(name).catch(() => []),
  ])
  return { addresses: [...four, ...six].slice(0, mostAddresses), alias: alias[0] ?? null }
}

/** Every address must: a client takes whichever it likes. */
async function answersHere(
  name: string,
  addresses: readonly string[],
  { answerAt, ports }: Asking,
): Promise<boolean> {
  const token = `berth-${randomBytes(18).toString('base64url')}`
  const answer = randomBytes(24).toString('base64url')
  const challenge = answerAt(name)
  await challenge.present(token, answer)
  try {
    const answered = await Promise.all(
      addresses.map(async (address) => {
        for (const port of ports) if ((await get(name, { address, port }, token)) === answer) return true
        return false
      }),
    )
    return answered.every(Boolean)
  } finally {
    await challenge.remove(token)
  }
}

/** Null where nothing good comes within the time; no redirect is followed, and no more read than an answer has. */
function get(
  host: string,
  { address, port }: { address: string; port: number },
  token: string,
): Promise<string | null> {
  // An `import` would load what `fetch` is made of into every process that stays.
  const { get: ask } = process.getBuiltinModule('node:http')
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(fetchTimeoutMs)
    const request = ask(
      { host: address, port, path: challengePath + token, headers: { host }, agent: false, signal },
      (response) => {
        let text = ''
        response.setEncoding('latin1')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > 1_000) request.destroy()
        })
        response.once('error', () => resolve(null))
        response.once('end', () => resolve(response.statusCode === 200 ? text.trim() : null))
      },
    )
    request.once('error', () => resolve(null))
    request.once('close', () => resolve(null))
  })
}

/** What records have to say to lead here, as far as it can be known from this machine. */
export async function whereNamesMustLead({
  nameServers,
  ownName,
}: Pick<Asking, 'nameServers' | 'ownName'>): Promise<FrontTarget> {
  const { addresses } = await lookUp(resolverOf(nameServers), ownName)
  return addresses.length > 0 ? { name: ownName, addresses } : { name: null, addresses: [ownAddress()] }
}

/** The first of this machine that others can reach. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  const outer = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  const [best] = outer.sort((one, other) =>
    one.family === other.family ? 0 : one.family === 'IPv4' ? -1 : 1,
  )
  return best?.address ?? '127.0.0.1'
}
