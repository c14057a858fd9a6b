import { expect, test } from 'vitest'
import type { PublishedPort } from '../engine.ts'
import { assertPorts, forwarder, listens } from './published-ports.ts'

const port: PublishedPort = { protocol: 'tcp', containerPort: 80, hostAddress: '192.0.2.7', hostPort: 8080 }

test('a port is a word of its own to the program that forwards it', () => {
  expect(forwarder(port, '10.64.0.2').argv).toEqual([
    'socat',
    'TCP4-LISTEN:8080,bind=192.0.2.7,reuseaddr,fork,max-children=512,su=nobody,backlog=1024',
    'TCP4:10.64.0.2:80',
  ])
  const six = forwarder({ ...port, protocol: 'udp', hostAddress: '2001:db8::7' }, '10.64.0.2').argv
  expect(six.slice(0, 3)).toEqual(['socat', '-T', '60'])
  expect(six[3]).toMatch(/^UDP6-LISTEN:8080,bind=\[2001:db8::7\],ipv6only=1,/)
  expect(six[4]).toBe('UDP4:10.64.0.2:80')
})

test.each([
  { containerPort: 0 },
  { containerPort: 65_536 },
  { hostPort: -1 },
  { hostPort: 1.5 },
  { hostAddress: 'example.org' },
  { hostAddress: '127.0.0.1,fork' },
  { hostAddress: 'fe80::1%eth0' },
  { hostAddress: '' },
])('%j cannot be published', (over) => {
  expect(() => assertPorts([{ ...port, ...over }], 'bridge')).toThrow(
    expect.objectContaining({ code: 'CONTAINER.INVALID' }),
  )
})

test('without a network there is nothing to publish', () => {
  expect(() => assertPorts([port], 'none')).toThrow(expect.objectContaining({ code: 'CONTAINER.INVALID' }))
  expect(() => assertPorts([], 'none')).not.toThrow()
})

test('a port that listens on one address of the machine is not taken for that of another', () => {
  const line = (local: string, state: string) =>
    `   0: ${local} 00000000000000000000000000000000:0000 ${state} 00000000:00000000`
  const loopback6 = '00000000000000000000000001000000:1F90'
  const on = (hostAddress: string, over: Partial<PublishedPort> = {}) => ({ ...port, hostAddress, ...over })
  expect(listens(line(loopback6, '0A'), on('::1'))).toBe(true)
  expect(listens(line(loopback6, '0A'), on('::'))).toBe(false)
  expect(listens(line(loopback6, '0A'), on('::1', { hostPort: 8081 }))).toBe(false)
  expect(listens(line(loopback6, '01'), on('::1'))).toBe(false)
  expect(listens(line(loopback6, '07'), on('::1', { protocol: 'udp' }))).toBe(true)
  const one6 = 'B80D0120000000000000000007000000:1F90'
  expect(listens(line(one6, '0A'), on('2001:db8::7'))).toBe(true)
  expect(listens(line('0100007F:1F90', '0A'), on('127.0.0.1'))).toBe(true)
  expect(listens(line('0100007F:1F90', '0A'), on('::1'))).toBe(false)
})
