/** IPv4 addresses as 32-bit numbers, and blocks of them. */
export type Block = { base: number; prefix: number }

export function parseAddress(text: string): number {
  const parts = text.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new Error(`${text} is not an IPv4 address.`)
  }
  return parts.reduce((number, part) => number * 256 + part, 0)
}

export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** `10.0.0.0/8`, or an address alone. */
export function parseBlock(text: string): Block {
  const [address = '', prefix = '32'] = text.split('/')
  const size = 2 ** (32 - Number(prefix))
  const base = parseAddress(address)
  return { base: base - (base % size), prefix: Number(prefix) }
}

export function formatBlock({ base, prefix }: Block): string {
  return `${formatAddress(base)}/${prefix}`
}

export function overlap(one: Block, other: Block): boolean {
  const size = (block: Block) => 2 ** (32 - block.prefix)
  return one.base < other.base + size(other) && other.base < one.base + size(one)
}
