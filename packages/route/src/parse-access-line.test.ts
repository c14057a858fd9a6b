import { expect, test } from 'vitest'
import { parseAccessLine, parseDropped } from './parse-access-line.ts'

const nobody = () => undefined
const good = '1795340760207 route_a1 web.1-9f 10.0.0.7 GET 200 120 5300 0 1 12 14 -- - /shop/cart%20of%20mine'

test('a request of a route is read field by field', () => {
  expect(parseAccessLine(good, nobody)).toEqual({
    atMs: 1795340760207,
    routeId: 'a1',
    target: 'web.1-9f',
    host: '',
    method: 'GET',
    path: '/shop/cart%20of%20mine',
    status: 200,
    requestBytes: 120,
    responseBytes: 5300,
    queueMs: 0,
    connectMs: 1,
    firstByteMs: 12,
    totalMs: 14,
    client: '10.0.0.7',
    ended: '--',
  })
})

test('where the front door answered itself there is no target, and no time of one', () => {
  const line = parseAccessLine(
    '1795340760207 page_crashed <NOSRV> ::1 POST 503 88 66 -1 -1 -1 0 LR shop.localhost /x',
    (host) => (host === 'shop.localhost' ? 'a1' : undefined),
  )
  expect(line).toMatchObject({ routeId: 'a1', target: null, host: 'shop.localhost', firstByteMs: null })
})

test.each([
  [
    'a request that was not understood',
    '1795340759606 http <NOSRV> 127.0.0.1 <BADREQ> 400 0 0 -1 -1 -1 0 PR - <BADREQ>',
  ],
  [
    'a page of nobody’s host',
    '1795340760207 page_live <NOSRV> ::1 GET 503 88 66 -1 -1 -1 0 LR b.localhost /x',
  ],
  ['nothing', ''],
  ['half a line', good.slice(0, 40)],
  ['an answer that never began', good.replace(' 200 ', ' -1 ')],
  ['an address that is none', good.replace('10.0.0.7', 'localhost')],
  ['what HAProxy says of dropped lines', '17 events dropped'],
])('%s is no request of a route', (_what, text) => {
  expect(parseAccessLine(text, nobody)).toBeUndefined()
})

test('dropped lines are counted', () => {
  expect(parseDropped('1 event dropped')).toBe(1)
  expect(parseDropped('2124 events dropped\n')).toBe(2124)
  expect(parseDropped(good)).toBe(0)
})

test('whatever stands there, reading it throws nothing and makes no number up', () => {
  const letters = [' ', '-', '1', 'route_', '/', '\n', '\0', '€', '::1', 'GET', '<NOSRV>']
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: 30 }, () => letters[Math.floor(Math.random() * letters.length)]).join(
      '',
    )
    const line = parseAccessLine(text, nobody)
    if (line !== undefined)
      expect([line.atMs, line.status, line.totalMs].some(Number.isNaN), text).toBe(false)
  }
})
