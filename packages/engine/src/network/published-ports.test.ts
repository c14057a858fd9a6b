import { expect, test } from 'vitest'
import type { PublishedPort } from '../engine.ts'
import { assertPorts, forwarder } from './published-ports.ts'

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
