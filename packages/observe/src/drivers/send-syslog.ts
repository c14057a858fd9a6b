import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import type { AppLogLine } from '../app-log/app-log-line.ts'
import type { DrainTarget } from '../drains/drain.ts'
import { type DrainSender, type SenderOptions, senderTimeoutMs } from '../drains/drain-sender.ts'
import { drainError } from '../drains/errors.ts'
import { syslogFrame } from '../drains/syslog-frame.ts'

type SyslogTarget = Extract<DrainTarget, { kind: 'syslog' }>

/**
 * Syslog over TCP says nothing back: what was written to a connection counts as arrived once the connection has lived on for
 * so long. Where it breaks before, those lines are sent again.
 */
const arrivedAfterMs = 5_000

export function syslogSender(target: SyslogTarget, options: SenderOptions): DrainSender {
  let socket: Socket | undefined
  let doubt = new AbortController()
  let confirmed = options.after
  let written: { number: number; atMs: number }[] = []

  function settle(): void {
    const arrived = Date.now() - arrivedAfterMs
    while (written[0] !== undefined && written[0].atMs <= arrived)
      confirmed = written.shift()?.number ?? confirmed
  }

  function lose(of: Socket): void {
    if (socket !== of) return
    settle()
    socket = undefined
    if (written.length > 0) doubt.abort()
    written = []
  }

  async function connected(): Promise<Socket> {
    if (socket?.writable) return socket
    const opened = await open(target, options)
    if (doubt.signal.aborted) doubt = new AbortController()
    socket = opened
    opened.on('error', () => undefined)
    opened.once('close', () => lose(opened))
    // The other side has closed its half: what is written now would be read by nobody.
    opened.once('end', () => opened.destroy())
    // It has nothing to say that matters here.
    opened.resume()
    return opened
  }

  return {
    async send(lines) {
      settle()
      const to = await connected()
      const last = lines.at(-1)
      if (last === undefined) return
      await write(to, lines, target, options)
      if (socket !== to) throw notDelivered(target, 'the connection broke')
      written.push({ number: last.number, atMs: Date.now() })
    },
    confirmed() {
      settle()
      return confirmed
    },
    doubt: () => doubt.signal,
    async close() {
      const open = socket
      socket = undefined
      if (open === undefined) return
      const closed = new Promise<void>((resolve) => open.once('close', () => resolve()))
      open.end()
      await Promise.race([closed, sleep(1_000, undefined, { ref: false })])
      open.destroy()
    },
  }
}

async function open(
  target: SyslogTarget,
  { addressOf, timeoutMs = senderTimeoutMs }: SenderOptions,
): Promise<Socket> {
  const signal = AbortSignal.timeout(timeoutMs)
  let socket: Socket | undefined
  try {
    const address = await unlessLate(addressOf(target.host, target.port), signal)
    const made = target.tls
      ? await overTls(target, address)
      : connectPlain({ host: address, port: target.port })
    socket = made
    made.setKeepAlive(true, 30_000)
    await unlessLate(
      new Promise<void>((resolve, reject) => {
        made.once(target.tls ? 'secureConnect' : 'connect', () => resolve())
        made.once('error', reject)
        made.once('close', () => reject(new Error('the connection was closed')))
      }),
      signal,
    )
    return made
  } catch (error) {
    socket?.destroy()
    if (isBerthError(error)) throw error
    throw notDelivered(
      target,
      signal.aborted ? `no answer within ${timeoutMs / 1_000} s` : saidBy(error),
      error,
    )
  }
}

/** The name that the certificate must be for is the one that was asked for, whatever address it has. */
async function overTls({ host, port, authority }: SyslogTarget, address: string): Promise<Socket> {
  // Few processes that load this file ever send.
  const { connect } = await import('node:tls')
  return connect({
    host: address,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authority === null ? {} : { ca: authority }),
    minVersion: 'TLSv1.2',
  })
}

function write(
  socket: Socket,
  lines: readonly AppLogLine[],
  target: SyslogTarget,
  { app, timeoutMs = senderTimeoutMs }: SenderOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('it takes nothing any more')), timeoutMs)
    socket.write(Buffer.concat(lines.map((line) => syslogFrame(app, line))), (error) => {
      clearTimeout(late)
      if (error) reject(notDelivered(target, saidBy(error), error))
      else resolve()
    })
  })
}

/** Looking a name up cannot be broken off. */
function unlessLate<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function notDelivered({ host, port }: SyslogTarget, reason: string, cause?: unknown) {
  return drainError['DRAIN.NOT_DELIVERED']({ host: `${host}:${port}`, reason }, { cause })
}

function saidBy(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
