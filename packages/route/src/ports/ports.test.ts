import { createServer } from 'node:net'
import { readSettings } from '@berth/domain'
import { expect, test } from 'vitest'
import { listeningPorts, parseListening } from './listening-ports.ts'
import { assertPortAllowed, parsePort } from './parse-port.ts'

test('a port is written with its protocol or without', () => {
  expect(['5432', '5432/tcp', ' 5432/TCP '].map(parsePort)).toEqual([5432, 5432, 5432])
})

test.each(['', '0', '65536', '-1', '5432/', '5432/sctp', '0x50', '1e3', '５４３２', '5432/tcp/udp'])(
  'is no port: %o',
  (given) => {
    expect(() => parsePort(given)).toThrow(expect.objectContaining({ code: 'PORT.INVALID' }))
  },
)

test('UDP is refused with its reason', () => {
  expect(() => parsePort('53/udp')).toThrow(expect.objectContaining({ code: 'PORT.ONLY_TCP' }))
})

test('only ports of the range may be had, and none of the platform’s own', () => {
  const settings = readSettings({ BERTH_APP_PORTS: '2000-9000' })
  expect(() => assertPortAllowed(5432, settings)).not.toThrow()
  for (const port of [1999, 9001])
    expect(() => assertPortAllowed(port, settings)).toThrow(
      expect.objectContaining({ code: 'PORT.OUT_OF_RANGE' }),
    )
  for (const port of [2222, 3000, 3022, 8080, 8443])
    expect(() => assertPortAllowed(port, settings)).toThrow(expect.objectContaining({ code: 'PORT.IN_USE' }))
  expect(() => assertPortAllowed(5432, readSettings({ BERTH_APP_PORTS: 'off' }))).toThrow(
    expect.objectContaining({ code: 'PORT.NONE_ALLOWED' }),
  )
})

test('what the kernel says of sockets that listen is read, of both families', async () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000',
    '   1: 00000000000000000000000000000000:0050 0000:0000 0A',
    '   2: 0100007F:1539 0100007F:9C40 01 00000000:00000000',
  ].join('\n')
  expect(parseListening(table)).toEqual([5432, 80])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  expect(await listeningPorts()).toContain(port)
  server.close()
})
