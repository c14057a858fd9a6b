import type { AppLogLine } from '../app-log/app-log-line.ts'

/** What every receiver should take (RFC 5425, 4.3.1); longer lines are cut. */
const mostBytes = 8_192
const local0 = 16
const severity = { stderr: 3, stdout: 6 } as const
/** `meta sequenceId`: RFC 5424, 7.3.1. It shows a receiver what came twice. */
const highestSequence = 2_147_483_647

/**
 * A line as RFC 5424 has it, its octets counted (RFC 6587, 3.4.1; RFC 5425, 4.3): the app is the host, the source the
 * program, the instance the process.
 */
export function syslogFrame(app: string, line: AppLogLine): Buffer {
  const priority = local0 * 8 + severity[line.stream]
  const sequence = ((line.number - 1) % highestSequence) + 1
  const head = `<${priority}>1 ${line.at} ${word(app, 255)} ${line.source} ${word(line.instance, 128)} - [meta sequenceId="${sequence}"] `
  const message = Buffer.from(`${head}${oneLine(line.text)}`)
  const whole = message.length <= mostBytes ? message : cut(message)
  return Buffer.concat([Buffer.from(`${whole.length} `), whole])
}

/** PRINTUSASCII without blanks, RFC 5424, 6. */
function word(text: string, most: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-'
}

function oneLine(text: string): string {
  return text.replace(/[\0\n\r]/g, ' ')
}

/** Before a character, never within one. */
function cut(message: Buffer): Buffer {
  let end = mostBytes
  while (((message[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return message.subarray(0, end)
}
