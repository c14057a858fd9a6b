import type { ErrorRecord } from '@berth/domain'
import {
  type AttachBegin,
  type AttachExit,
  attachProtocol,
  decodeWorkerFrame,
  encodeClientFrame,
  pieceBytes,
  type TerminalSize,
  ticketProtocol,
  type WorkerFrame,
} from '@berth/observe/attach-protocol.ts'
import { openReceiveWindow, openSendWindow } from '@berth/observe/attach-window.ts'
import { failureIn, trpc } from './trpc.ts'

/** How it was over: what ran has ended, it could not go on, or the connection is gone. */
export type SessionEnd =
  | { kind: 'exit'; exit: AttachExit }
  | { kind: 'failed'; failure: ErrorRecord }
  | { kind: 'lost' }

export type SessionEvents = {
  begun(name: string): void
  /** `taken` is called when the bytes need no room any more: until then, what runs is held up. */
  output(bytes: Uint8Array, taken: () => void): void
  /** Once, the last. */
  ended(end: SessionEnd): void
}

export type TerminalSession = {
  input(bytes: Uint8Array): void
  resize(size: TerminalSize): void
  /** What runs is ended; nothing is told any more. */
  close(): void
}

/** The platform says that it is there every 15 s. */
const longestSilenceMs = 60_000

/**
 * A person's terminal in the browser, joined to a process: the client's side of packages/observe/src/attach-protocol.ts. What
 * lets it in is a ticket, which counts once and for a few seconds.
 */
export function openTerminalSession(app: string, begin: AttachBegin, events: SessionEvents): TerminalSession {
  const ending = new AbortController()
  const [room, window] = [openSendWindow(), openReceiveWindow()]
  let socket: WebSocket | undefined
  let sending = Promise.resolve()
  const send = (frame: Parameters<typeof encodeClientFrame>[0]) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(new Uint8Array(encodeClientFrame(frame)))
  }
  const finish = (end: SessionEnd) => {
    if (ending.signal.aborted) return
    ending.abort()
    socket?.close()
    events.ended(end)
  }
  const hear = (frame: WorkerFrame) => {
    if (frame.kind === 'begun') events.begun(frame.name)
    if (frame.kind === 'stdout' || frame.kind === 'stderr') {
      const { bytes } = frame
      window.came(bytes.length)
      events.output(bytes, () => {
        const told = window.done(bytes.length)
        if (told > 0) send({ kind: 'window', bytes: told })
      })
    }
    if (frame.kind === 'window') room.add(frame.bytes)
    if (frame.kind === 'exit') finish(frame)
    if (frame.kind === 'failed') finish({ kind: 'failed', failure: frame.error })
  }
  const open = async () => {
    const { ticket } = await trpc.oneOffs.ticket.mutate({ app })
    if (ending.signal.aborted) return
    socket = connect(app, ticket)
    follow(socket, { hear, finish, begin: () => send({ kind: 'begin', begin }) })
  }
  open().catch((error: unknown) => finish({ kind: 'failed', failure: failureIn(error) }))
  return {
    input(bytes) {
      sending = sending
        .then(async () => {
          for (let at = 0; at < bytes.length; at += pieceBytes) {
            const piece = bytes.subarray(at, at + pieceBytes)
            await room.take(piece.length, ending.signal)
            send({ kind: 'input', bytes: piece })
          }
        })
        // The session is over: nobody hears what was typed.
        .catch(() => undefined)
    },
    resize: (size) => send({ kind: 'resize', size }),
    close() {
      ending.abort()
      socket?.close()
    },
  }
}

/** At the page's own origin: the policy lets it connect to nothing else. */
function connect(app: string, ticket: string): WebSocket {
  const address = `${location.origin.replace(/^http/, 'ws')}/attach/${encodeURIComponent(app)}`
  const socket = new WebSocket(address, [attachProtocol, ticketProtocol + ticket])
  socket.binaryType = 'arraybuffer'
  return socket
}

type Following = {
  hear(frame: WorkerFrame): void
  finish(end: SessionEnd): void
  begin(): void
}

function follow(socket: WebSocket, { hear, finish, begin }: Following): void {
  let isOpen = false
  let silence: ReturnType<typeof setTimeout>
  const heard = () => {
    clearTimeout(silence)
    silence = setTimeout(() => finish({ kind: 'lost' }), longestSilenceMs)
  }
  heard()
  socket.addEventListener('open', () => {
    isOpen = true
    begin()
  })
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    heard()
    try {
      hear(decodeWorkerFrame(new Uint8Array(data)))
    } catch (error) {
      finish({ kind: 'failed', failure: failureIn(error) })
    }
  })
  socket.addEventListener('close', () => {
    clearTimeout(silence)
    finish(isOpen ? { kind: 'lost' } : { kind: 'failed', failure: noDoor })
  })
}

const noDoor: ErrorRecord = {
  code: 'DASHBOARD.NO_SESSION',
  message: 'No terminal could be opened.',
  hint: 'Something between this browser and Berth may let no WebSocket through. Try again, or use `berth console`.',
  fault: 'system',
  retryable: true,
}
