import { isIPv6 } from 'node:net'

/** Who asks, as the front door says: it sets the header, and does not add to it. Null: nobody came through it. */
export function addressOf(headers: Headers | undefined): string | null {
  return headers?.get('x-forwarded-for')?.split(',').at(-1)?.trim() || null
}

/** What guesses are counted by. A household or a server has 2^64 addresses of IPv6, and is one guesser all the same. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const before = head.split(':').filter(Boolean)
  const behind = tail.split(':').filter(Boolean)
  const filled = [...before, ...Array(Math.max(0, 8 - before.length - behind.length)).fill('0'), ...behind]
  return `${filled.slice(0, 4).join(':')}::/64`
}
