import { toErrorRecord } from '@berth/domain'
import { renderError } from '@berth/observe'
import type { Connection, ServerChannel, Session } from 'ssh2'
import type { From, Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import { parseCommand } from './parse-command.ts'
import type { ReceiverParts } from './parts.ts'
import { pktLine } from './pkt-line.ts'
import { type GitSession, serveGit } from './serve-git.ts'

/** `isRefused`: there are too many already, which it is told. */
export type SshSession = {
  session: Session
  connection: Connection
  visitor: Visitor
  from: From
  isRefused: boolean
}

type Asked = Omit<GitSession, 'request'>

/** One session of a connection: one command. Resolves when the session is over. */
export function serveSshSession(
  parts: ReceiverParts,
  { session, connection, visitor, from, isRefused }: SshSession,
): Promise<void> {
  const gone = new AbortController()
  const asked: Asked = { visitor, from, mode: 'connected', protocol: null, signal: gone.signal }
  session.on('env', (accept, _reject, { key, val }) => {
    if (key === 'GIT_PROTOCOL') asked.protocol = val
    ;(accept as (() => void) | undefined)?.()
  })
  session.on('pty', (accept) => (accept as (() => void) | undefined)?.())
  session.once(
    'shell',
    (accept) => void serveCommand(parts, { channel: accept(), line: '', asked, isRefused }),
  )
  session.once('exec', (accept, _reject, { command }) => {
    void serveCommand(parts, { channel: accept(), line: command, asked, isRefused })
  })
  return new Promise((resolve) => {
    const end = () => {
      gone.abort(pushError['PUSH.BROKEN_OFF']())
      resolve()
    }
    session.once('close', end)
    connection.once('close', end)
  })
}

async function serveCommand(
  parts: ReceiverParts,
  {
    channel,
    line,
    asked,
    isRefused,
  }: { channel: ServerChannel; line: string; asked: Asked; isRefused: boolean },
): Promise<void> {
  channel.on('error', () => undefined)
  try {
    if (isRefused) throw pushError['PUSH.BUSY']()
    const request = parseCommand(line)
    const streams = { input: channel, output: channel, errors: channel.stderr }
    channel.exit(await serveGit(parts, { ...asked, request }, () => streams))
  } catch (error) {
    refuse(parts, channel, error)
  } finally {
    channel.end()
  }
}

/** The words go to the terminal; git itself is told with a packet, or it would guess at access rights. */
function refuse(parts: ReceiverParts, channel: ServerChannel, error: unknown): void {
  const record = toErrorRecord(error)
  if (record.code === 'BERTH.UNEXPECTED')
    parts.log(`session: ${error instanceof Error ? error.stack : error}`)
  channel.stderr.write(`${renderError(record).join('\n')}\n`)
  if (record.code !== 'PUSH.NO_SHELL') channel.write(pktLine(`ERR ${record.code}`))
  channel.exit(1)
}
