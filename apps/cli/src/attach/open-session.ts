import { fromErrorRecord } from '@berth/domain'
import {
  attachProtocol,
  type ClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  type WorkerFrame,
} from '@berth/observe'
import { cliError } from '../errors.ts'
import { answerLocalNames } from '../local-names.ts'
import { readProfile } from '../profile.ts'
import { fromRemoteError, remote } from '../remote.ts'

/** A connection to a process somewhere, in frames. */
export type Session = {
  send(frame: ClientFrame): void
  /** Ends with the connection. @throws CLI.SESSION_LOST where nothing at all was heard for a minute */
  frames: AsyncIterable<WorkerFrame>
  close(): void
}

/** The platform says that it is there every 15 s. */
const longestSilenceMs = 60_000
const openWithinMs = 20_000

/**
 * Where the person is signed in; and where nothing takes sessions there (the dashboard's own port), at the address that the
 * platform itself gives. What is wrong with the person or the app, the platform says on the way.
 */
export async function openSession(app: string): Promise<Session> {
  answerLocalNames()
  const { url, token } = await readProfile()
  const path = `/attach/${encodeURIComponent(app)}`
  const first = await connect(`${url.replace(/\/+$/, '')}${path}`, token)
  if (first !== null) return first
  const { door } = await (await remote()).oneOffs.door.query({ app }).catch((error: unknown) => {
    throw fromRemoteError(error, url)
  })
  const second = await connect(`${door}${path}`, token)
  if (second !== null) return second
  throw cliError['CLI.NO_SESSION']({ url: door })
}

/** Null: nobody there speaks this. */
async function connect(address: string, token: string): Promise<Session | null> {
  const url = new URL(address)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const headers = { authorization: `Bearer ${token}` }
  // Node's takes headers, which a browser's does not: undici's WebSocketInit.
  const ws = new (WebSocket as unknown as NodeWebSocket)(url, { protocols: [attachProtocol], headers })
  ws.binaryType = 'arraybuffer'
  const session = sessionOver(ws)
  return new Promise((resolve) => {
    const late = setTimeout(() => ws.close(), openWithinMs)
    const settle = (result: Session | null) => {
      clearTimeout(late)
      resolve(result)
    }
    ws.addEventListener('open', () => settle(session), { once: true })
    ws.addEventListener('error', () => settle(null), { once: true })
    ws.addEventListener('close', () => settle(null), { once: true })
  })
}

type NodeWebSocket = new (
  url: URL,
  options: { protocols: string[]; headers: Record<string, string> },
) => WebSocket

function sessionOver(ws: WebSocket): Session {
  // No more than the window lets come, and small words.
  const waiting: WorkerFrame[] = []
  let failure: unknown
  let over = false
  let change = Promise.withResolvers<void>()
  const tell = () => {
    change.resolve()
    change = Promise.withResolvers<void>()
  }
  const fail = (error: unknown) => {
    failure ??= error
    over = true
    tell()
    ws.close()
  }
  let silence = setTimeout(() => fail(cliError['CLI.SESSION_LOST']()), longestSilenceMs)
  ws.addEventListener('message', ({ data }: MessageEvent) => {
    silence.refresh()
    try {
      waiting.push(decodeWorkerFrame(new Uint8Array(data as ArrayBuffer)))
      tell()
    } catch (error) {
      fail(error)
    }
  })
  ws.addEventListener('close', () => {
    clearTimeout(silence)
    over = true
    tell()
  })
  silence = silence.unref()
  return {
    send: (frame) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(Buffer.from(encodeClientFrame(frame)))
    },
    close: () => ws.close(),
    frames: (async function* () {
      for (;;) {
        const frame = waiting.shift()
        if (frame?.kind === 'failed') throw fromErrorRecord(frame.error)
        if (frame) yield frame
        else if (failure) throw failure
        else if (over) return
        else await change.promise
      }
    })(),
  }
}
