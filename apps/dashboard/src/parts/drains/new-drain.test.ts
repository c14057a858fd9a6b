import { expect, test } from 'vitest'
import { type DrainDraft, emptyDraft, newDrainOf, noHeaderIn } from './new-drain.ts'

const draft = (change: Partial<DrainDraft>) => newDrainOf({ ...emptyDraft, ...change })

test('syslog is a host and a port', () => {
  expect(draft({ host: ' logs.example.com ', port: '6514' }).url).toBe('syslog+tls://logs.example.com:6514')
  expect(draft({ kind: 'syslog+tcp', host: 'logs.example.com', authority: 'x' })).toEqual({
    url: 'syslog+tcp://logs.example.com',
    headers: {},
    authority: null,
  })
})

test('HTTPS is an address with headers, a line each', () => {
  const headers = 'Authorization: Bearer a:b\n\nX-Scope: shop\n'
  expect(draft({ kind: 'https', url: 'https://in.example.com', headers })).toEqual({
    url: 'https://in.example.com',
    headers: { Authorization: 'Bearer a:b', 'X-Scope': 'shop' },
    authority: null,
  })
})

test('what is no header is found', () => {
  expect(noHeaderIn('A: b\nBearer abc')).toBe('Bearer abc')
  expect(noHeaderIn('A:')).toBe('A:')
  expect(noHeaderIn('A: b')).toBeNull()
})
