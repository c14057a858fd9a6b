import { createConnection, type Socket } from 'node:net'
import type { Secret } from '@berth/command'
import { routeError } from '../../errors.ts'

/**
 * One question to HAProxy, one connection, one answer. Bounded in time and size: a HAProxy that hangs is one that does
 * not answer. The words of a command have passed `checkTable`; a line end would begin a command of its own. A payload is
 * lines behind the command, and ends with an empty one.
 */
export type Ask = (command: string, payload?: Secret) => Promise<string>

export const socketLimits = { timeoutMs: 5_000, answerBytes: 32 * 1024 * 1024 }

/** @throws ROUTE.NOT_ANSWERING */
export function haproxySocket(which: 'admin' | 'master', path: string, limits = socketLimits): Ask {
  return (command, payload) => {
    if (/[\n;]/.test(command)) throw new Error('a command to HAProxy is one line, and one command')
    const lines = payload?.reveal() ?? ''
    if (/^\n|\n\n/.test(lines)) throw new Error('an empty line would end the payload, and begin a command')
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(routeError['ROUTE.NOT_ANSWERING']({ socket: which, reason }))
      const socket = createConnection({ path, allowHalfOpen: true })
      const late = setTimeout(
        () => give(socket, () => fail(`no answer within ${limits.timeoutMs} ms`)),
        limits.timeoutMs,
      )
      const end = (act: () => void) => {
        clearTimeout(late)
        give(socket, act)
      }
      const chunks: Buffer[] = []
      let bytes = 0
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > limits.answerBytes) end(() => fail('its answer is too long'))
      })
      socket.once('error', (error: NodeJS.ErrnoException) =>
        end(() => fail(error.code ?? 'the connection failed')),
      )
      socket.once('end', () => end(() => resolve(Buffer.concat(chunks).toString())))
      // The master only closes after our side is closed.
      socket.end(payload === undefined ? `${command}\n` : `${command} <<\n${lines}\n`)
    })
  }
}

function give(socket: Socket, act: () => void): void {
  socket.destroy()
  act()
}
