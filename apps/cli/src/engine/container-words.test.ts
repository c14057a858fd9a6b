import { expect, test } from 'vitest'
import { addressWords, portWords } from './container-words.ts'

test('a container is shown with all of its addresses', () => {
  expect(addressWords({ address: '10.64.0.2', address6: 'fd12:3456:789a::2' })).toBe(
    '10.64.0.2, fd12:3456:789a::2',
  )
  expect(addressWords({ address: '10.64.0.2', address6: null })).toBe('10.64.0.2')
  expect(addressWords({ address: null, address6: null })).toBe('–')
})

test('a port is shown as it is asked for', () => {
  const port = { protocol: 'tcp', containerPort: 80, hostPort: 8080 } as const
  expect(portWords({ ...port, hostAddress: null })).toBe('*:8080->80/tcp')
  expect(portWords({ ...port, hostAddress: '127.0.0.1' })).toBe('127.0.0.1:8080->80/tcp')
  expect(portWords({ ...port, hostAddress: '::1' })).toBe('[::1]:8080->80/tcp')
})
