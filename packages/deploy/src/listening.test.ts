import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { listenersOf, listeningHint, parseListeners } from './listening.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000 100 0 0 10 0
   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12346 1 0000 100 0 0 10 0
   2: 0200110A:1388 0100110A:C350 01 00000000:00000000 00:00000000 00000000     0        0 12347 1 0000 100 0 0 10 0
`
const table6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A
   1: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A
   2: 0000000000000000FFFF00000100007F:1F92 00000000000000000000000000000000:0000 0A
`

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('listeners', () => {
  test('are read from the tables of the kernel; connections are none', () => {
    expect(parseListeners(table)).toEqual([
      { address: '127.0.0.1', port: 5000, loopback: true },
      { address: '0.0.0.0', port: 3000, loopback: false },
    ])
    expect(parseListeners(table6)).toEqual([
      { address: '[::]', port: 8080, loopback: false },
      { address: '[::1]', port: 8081, loopback: true },
      { address: '127.0.0.1', port: 8082, loopback: true },
    ])
  })

  test('of a real process', async () => {
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expect(await listenersOf(process.pid)).toContainEqual({ address: '127.0.0.1', port, loopback: true })
  })

  test('of a process that is gone are none', async () => {
    expect(await listenersOf(2 ** 22 + 1)).toEqual([])
  })
})

describe('the hint about a process that does not answer', () => {
  const loopback = { address: '127.0.0.1', port: 5000, loopback: true }
  const elsewhere = { address: '0.0.0.0', port: 3000, loopback: false }

  test('names the loopback address', () => {
    expect(listeningHint([loopback], 5000)).toMatch(/^It listens on 127\.0\.0\.1:5000 only/)
  })

  test('names the other port', () => {
    expect(listeningHint([elsewhere], 5000)).toMatch(/^It listens on 0\.0\.0\.0:3000\. .*EXPOSE 3000/)
  })

  test('says so where it listens nowhere', () => {
    expect(listeningHint([], 5000)).toMatch(/^It listens nowhere\..*\(5000\)/)
  })
})
