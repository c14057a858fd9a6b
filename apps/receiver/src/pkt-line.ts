/** git's framing of a line: its length, with these four digits, in hex. Source: git, gitprotocol-common. */
export function pktLine(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`
}

export const flushPacket = '0000'
