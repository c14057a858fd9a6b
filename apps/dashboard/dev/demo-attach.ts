import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Database } from '@berth/database'
import {
  type AttachBegin,
  attachProtocol,
  decodeClientFrame,
  encodeWorkerFrame,
  type TerminalSize,
  ticketProtocol,
  type WorkerFrame,
} from '@berth/observe'
import { openTickets } from '@berth/people'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * The receiver's `/attach/` over invented processes: a ticket is looked at as it is there, and what answers is a shell that knows
 * a few words. It listens on a port of its own choice.
 */
export async function startDemoAttach(database: Pick<Database, 'tickets'>): Promise<Server> {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => attachProtocol })
  const server = createServer((_request, response) => response.writeHead(426).end())
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      serve(database, ws, request).catch(() => ws.terminate())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function serve(
  database: Pick<Database, 'tickets'>,
  ws: WebSocket,
  request: IncomingMessage,
): Promise<void> {
  const waiting: Buffer[] = []
  let take = (frame: Buffer): void => void waiting.push(frame)
  ws.on('message', (frame: Buffer) => take(frame))
  const say = (frame: WorkerFrame) => ws.send(encodeWorkerFrame(frame))
  const protocols = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  const ticket = protocols.find((word) => word.startsWith(ticketProtocol))?.slice(ticketProtocol.length)
  if ((await openTickets(database.tickets).take(ticket ?? '')) === null) {
    say({ kind: 'failed', error: signedOut })
    return ws.close()
  }
  const shell = demoShell(say, () => ws.close())
  take = (frame) => shell(decodeClientFrame(frame))
  for (const frame of waiting) take(frame)
}

const signedOut = {
  ...{ code: 'ATTACH.SIGNED_OUT', message: 'This needs to know who you are.', hint: 'Sign in again.' },
  ...{ fault: 'user' as const, retryable: false },
}

const noProgram = {
  code: 'CONTAINER.NO_PROGRAM',
  message: 'There is no program "nothing" in the image.',
  hint: 'Check its name, and that the image has it.',
  ...{ fault: 'user' as const, retryable: false },
}

function demoShell(say: (frame: WorkerFrame) => void, close: () => void) {
  let line = ''
  let name = 'run.1'
  let size: TerminalSize = { columns: 80, rows: 24 }
  const print = (text: string) => say({ kind: 'stdout', bytes: Buffer.from(text) })
  const prompt = () => print(`\u001b[36m${name}\u001b[0m:\u001b[34m/app\u001b[0m$ `)
  const end = (code: number, signal: string | null = null) => {
    say({ kind: 'exit', exit: { code, signal } })
    close()
  }
  const begin = ({ instance, terminal, command }: AttachBegin) => {
    if (command[0] === 'nothing') return say({ kind: 'failed', error: noProgram })
    name = instance ?? name
    size = terminal ?? size
    say({ kind: 'begun', name })
    if (command.length > 0 && !/sh$/.test(command[0] ?? '')) {
      print(answerTo(command.join(' '), size))
      return end(0)
    }
    prompt()
  }
  const run = () => {
    print('\r\n')
    const exit = /^exit ?(\d*)$/.exec(line.trim())
    if (exit) return end(Number(exit[1] || 0))
    print(answerTo(line.trim(), size))
    line = ''
    prompt()
  }
  const keys: Record<string, () => void> = {
    '\r': run,
    '\u0004': () => end(0),
    '\u0003': () => {
      line = ''
      print('^C\r\n')
      prompt()
    },
    '\u007f': () => {
      if (line !== '') print('\b \b')
      line = line.slice(0, -1)
    },
  }
  const type = (key: string) => {
    const special = keys[key]
    if (special) return special()
    if (key < ' ') return
    line += key
    print(key)
  }
  return (frame: ReturnType<typeof decodeClientFrame>): void => {
    if (frame.kind === 'begin') begin(frame.begin)
    if (frame.kind === 'resize') size = frame.size
    if (frame.kind === 'input') for (const key of Buffer.from(frame.bytes).toString()) type(key)
  }
}

const files = [
  '\u001b[34mbin\u001b[0m',
  'package.json',
  'Procfile',
  '\u001b[34mpublic\u001b[0m',
  '\u001b[32mserver.js\u001b[0m',
]

function answerTo(line: string, { columns, rows }: TerminalSize): string {
  if (line === '') return ''
  if (line === 'ls') return `${files.join('  ')}\r\n`
  if (line === 'stty size') return `${rows} ${columns}\r\n`
  if (line === 'env') return 'BERTH_APP=tides\r\nBERTH_RELEASE=v5\r\nPORT=5000\r\n'
  if (line === 'ps') return processes
  if (line === 'cat greeting') return 'grüße, 港\r\n'
  const sum = /^echo \$\(\((\d+)\*(\d+)\)\)$/.exec(line)
  if (sum) return `${Number(sum[1]) * Number(sum[2])}\r\n`
  if (line.startsWith('echo ')) return `${line.slice(5)}\r\n`
  return `sh: ${line.split(' ')[0]}: not found\r\n`
}

const processes = [
  '  PID COMMAND              %CPU   RSS',
  '    1 /sbin/init            0.0   640',
  '    7 \u001b[32mnode server.js\u001b[0m        3.1 89120',
  '   52 sh                    0.0   884',
  '',
].join('\r\n')
