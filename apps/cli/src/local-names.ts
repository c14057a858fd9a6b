import type { LookupFunction } from 'node:net'

const dns = process.getBuiltinModule('node:dns')

/**
 * `localhost` and every name below it is this machine, as browsers and curl have it (RFC 6761, 6.3): many systems resolve
 * no `berth.localhost`, which is where a platform answers that has no domain yet. For this process's connections.
 */
export function answerLocalNames(): void {
  if (answering) return
  answering = true
  const system = dns.lookup as unknown as LookupFunction
  const lookup: LookupFunction = (name, options, done) =>
    system(/\.localhost\.?$/i.test(name) ? 'localhost' : name, options, done)
  // `__promisify__` belongs to it.
  Object.assign(lookup, dns.lookup)
  dns.lookup = lookup as unknown as typeof dns.lookup
}

let answering = false
