/**
 * The app of stories, in one file without dependencies. It does what a good one does: on SIGTERM it takes no new
 * connection, ends what it has begun, says goodbye on WebSockets, and goes.
 *
 *   /            VERSION INSTANCE
 *   /slow?s=N    the same after N seconds
 *   /events      server-sent events, ten a second
 *   /work        POST: one line in the log each time that an id was worked on, `worked ID TIME`, where no TIME occurs twice
 *   /health      200 until /health?is=bad, 500 until /health?is=good
 *   /hang        from here on nothing is answered
 *   WebSocket    says everything back
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const version = readFileSync('/app/version.txt', 'utf8').trim()
const said = `${version} ${process.env.BERTH_PROCESS}`
const sockets = new Set()
const streams = new Set()
const life = randomUUID()
let worked = 0
let isHealthy = true
let hangs = false

const server = createServer((request, response) => {
  if (hangs) return
  const { pathname, searchParams } = new URL(request.url, 'http://app')
  if (pathname === '/slow') setTimeout(() => response.end(said), Number(searchParams.get('s')) * 1000)
  else if (pathname === '/events') events(response)
  else if (pathname === '/work') work(request, response)
  else if (pathname === '/hang') {
    hangs = true
    response.end(said)
  } else if (pathname === '/health') {
    if (searchParams.has('is')) isHealthy = searchParams.get('is') === 'good'
    response.writeHead(isHealthy ? 200 : 500).end(isHealthy ? 'well' : 'the database is away')
  } else response.end(said)
})

function events(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let number = 0
  const timer = setInterval(() => {
    number += 1
    response.write(`data: ${version} ${number}\n\n`)
  }, 100)
  streams.add(response)
  response.once('close', () => {
    clearInterval(timer)
    streams.delete(response)
  })
}

function work(request, response) {
  let id = ''
  request.on('data', (piece) => {
    id += piece
  })
  request.on('end', () => {
    worked += 1
    console.log(`worked ${id} ${life}.${worked}`)
    setTimeout(() => response.end(said), 20)
  })
}

// RFC 6455, as far as one short text at a time needs it.
server.on('upgrade', (request, socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  sockets.add(socket)
  socket.on('data', (frame) => {
    const length = frame[1] & 0x7f
    const mask = frame.subarray(2, 6)
    const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4])
    if ((frame[0] & 0x0f) === 1) socket.write(Buffer.concat([Buffer.from([0x81, length]), text]))
    if ((frame[0] & 0x0f) === 8) socket.end()
  })
  socket.on('error', () => undefined)
  socket.once('close', () => sockets.delete(socket))
})

if (process.env.DEAF !== '1') {
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0))
    // 1001: going away.
    for (const socket of sockets) socket.end(Buffer.from([0x88, 0x02, 0x03, 0xe9]))
    for (const response of streams) response.end('event: bye\ndata: bye\n\n')
    server.closeIdleConnections()
  })
} else process.on('SIGTERM', () => console.log('not heard'))

server.listen(Number(process.env.PORT), '::', () => console.log(`${said} listens`))
