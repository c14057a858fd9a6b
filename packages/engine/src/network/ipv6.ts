import { isIPv6 } from 'node:net'

/** The sixteen bytes of an IPv6 address without a zone. */
export function ipv6Bytes(text: string): Buffer {
  if (!isIPv6(text) || text.includes('%')) throw new Error(`${text} is not an IPv6 address.`)
  const [head = '', tail] = withoutDots(text).split('::')
  const [before, after] = [groups(head), groups(tail ?? '')]
  const between = new Array<number>(8 - before.length - after.length).fill(0)
  const bytes = Buffer.alloc(16)
  for (const [at, group] of [...before, ...between, ...after].entries()) bytes.writeUInt16BE(group, 2 * at)
  return bytes
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDots(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_dotted, ...parts) => {
    const [first = 0, second = 0, third = 0, fourth = 0] = parts.slice(0, 4).map(Number)
    return `${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}`
  })
}
