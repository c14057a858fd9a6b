import { readFile } from 'node:fs/promises'
import { createServer as createHttps } from 'node:https'
import type { Server as PlainServer, Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { command, localRunner } from '@berth/command'

/** An authority of the test's own, and a certificate from it for `localhost`. */
export type TestAuthority = { authorityPath: string; key: string; certificate: string }

export async function testAuthority(directory: string): Promise<TestAuthority> {
  const openssl = (...words: string[]) => localRunner.run(command('openssl', ...words))
  const [ca, server] = [`${directory}/ca`, `${directory}/server`]
  await openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=A test authority', '-keyout', `${ca}.key`, '-out', `${ca}.pem`],
  )
  await openssl(
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', `${server}.key`, '-out', `${server}.csr`],
  )
  await openssl(
    ...['x509', '-req', '-in', `${server}.csr`, '-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial'],
    ...['-days', '2', '-copy_extensions', 'copy', '-out', `${server}.pem`],
  )
  const [key, certificate] = await Promise.all([
    readFile(`${server}.key`, 'utf8'),
    readFile(`${server}.pem`, 'utf8'),
  ])
  return { authorityPath: `${ca}.pem`, key, certificate }
}

/** One message of RFC 5424, as far as it is looked at here. */
export type Message = { priority: number; app: string; program: string; process: string; text: string }

/** A syslog server over TLS that can go away and come back at the same port. */
export type SyslogReceiver = {
  port: number
  messages: Message[]
  leave(): Promise<void>
  come(): Promise<void>
}

export async function syslogReceiver({ key, certificate }: TestAuthority): Promise<SyslogReceiver> {
  const messages: Message[] = []
  const sockets = new Set<Socket>()
  let server: PlainServer | undefined
  const receiver: SyslogReceiver = {
    port: 0,
    messages,
    async come() {
      const made = createTls({ key, cert: certificate }, (socket) => {
        sockets.add(socket)
        let rest = Buffer.alloc(0)
        socket.on('error', () => undefined)
        socket.on('data', (bytes: Buffer) => {
          rest = Buffer.concat([rest, bytes])
          for (let frame = takeFrame(rest); frame !== undefined; frame = takeFrame(rest)) {
            messages.push(parse(frame.text))
            rest = frame.rest
          }
        })
      })
      server = made
      await new Promise<void>((resolve) => made.listen(receiver.port, '127.0.0.1', resolve))
      receiver.port = (made.address() as { port: number }).port
    },
    async leave() {
      const closed = new Promise((resolve) => server?.close(resolve))
      for (const socket of sockets) socket.destroy()
      sockets.clear()
      await closed
    },
  }
  await receiver.come()
  return receiver
}

/** `LENGTH SP TEXT`, RFC 6587. */
function takeFrame(bytes: Buffer): { text: string; rest: Buffer<ArrayBuffer> } | undefined {
  const blank = bytes.indexOf(' ')
  const length = Number(bytes.toString('latin1', 0, Math.max(0, blank)))
  if (blank < 1 || bytes.length < blank + 1 + length) return undefined
  const end = blank + 1 + length
  return { text: bytes.toString('utf8', blank + 1, end), rest: Buffer.from(bytes.subarray(end)) }
}

function parse(text: string): Message {
  const found =
    /^<(\d+)>1 \d{4}-\d\d-\d\dT[\d:.]+Z (\S+) (\S+) (\S+) - \[meta sequenceId="\d+"\] (.*)$/s.exec(text)
  if (found === null) throw new Error(`no message of RFC 5424: ${text}`)
  const [, priority, app = '', program = '', process = '', message = ''] = found
  return { priority: Number(priority), app, program, process, text: message }
}

export type Posted = {
  authorization: string | undefined
  path: string
  lines: { message: string; app: string }[]
}

/** An HTTPS server that takes batches, or answers 500 while it is `ill`. */
export type HttpReceiver = { port: number; posted: Posted[]; ill: boolean; close(): Promise<void> }

export async function httpReceiver({ key, certificate }: TestAuthority): Promise<HttpReceiver> {
  const posted: Posted[] = []
  const server = createHttps({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (receiver.ill) return void response.writeHead(500).end('not now')
      const lines = JSON.parse(Buffer.concat(chunks).toString()) as Posted['lines']
      posted.push({ authorization: request.headers.authorization, path: request.url ?? '', lines })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: HttpReceiver = {
    port: (server.address() as { port: number }).port,
    posted,
    ill: false,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return receiver
}
