import { fromErrorRecord } from '@berth/domain'
import {
  attachProtocol,
  type ClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  type WorkerFrame,
} from '@berth/observe'
import { cliError } from '../errors.ts'
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
 * Where the person is signed in; and where no sessions are taken there (the dashboard's own port), at the address that the
 * platform itself gives. What is wrong with the person or the app, the platform says first.
 */
export async function openSession(app: string): Promise<Session> {
  const { url, token } = await readProfile()
  const { door } = await (await remote()).oneOffs.door.query({ app }).catch((error: unknown) => {
    throw fromRemoteError(error, url)
  })
  const path = `/attach/${encodeURIComponent(app)}`
  const own = `${url.replace(/\/+$/, '')}${path}`
  return connect((await takesSessions(own)) ? own : `${door}${path}`, token)
}

const upgradeRequired = 426

async function takesSessions(address: string): Promise<boolean> {
  const signal = AbortSignal.timeout(openWithinMs)
  const answer = await fetch(address, { signal, redirect: 'manual' }).catch(() => null)
  await answer?.body?.cancel()
  return answer?.status === upgradeRequired
}

/** @throws CLI.NO_SESSION */
async function connect(address: string, token: string): Promise<Session> {
  const url = new URL(address)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const headers = { authorization: `Bearer ${token}` }
  // Node's takes headers, which a browser's does not: undici's WebSocketInit.
  const ws = new (WebSocket as unknown as NodeWebSocket)(url, { protocols: [attachProtocol], headers })
  ws.binaryType = 'arraybuffer'
  const session = sessionOver(ws)
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => ws.close(), openWithinMs)
    const fail = () => {
      clearTimeout(late)
      reject(cliError['CLI.NO_SESSION']({ url: new URL(address).origin }))
    }
    ws.addEventListener('open', () => {
      clearTimeout(late)
      resolve(session)
    })
    ws.addEventListener('error', fail, { once: true })
    ws.addEventListener('close', fail, { once: true })
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
