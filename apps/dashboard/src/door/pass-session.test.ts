import { expect, test } from 'vitest'
import { isSession, sessionAddress } from './pass-session.ts'

const asked = (headers: Record<string, string>, pathname = '/attach/shop') => ({
  headers: new Headers(headers),
  nextUrl: { pathname },
})

test('a page’s WebSocket is passed on; what brings a token, or only asks, is not', () => {
  expect(isSession(asked({ upgrade: 'WebSocket' }))).toBe(true)
  expect(isSession(asked({ upgrade: 'websocket', authorization: 'Bearer x' }))).toBe(false)
  expect(isSession(asked({}))).toBe(false)
  expect(isSession(asked({ upgrade: 'websocket' }, '/apps/shop'))).toBe(false)
})

test('it goes to the receiver on this machine, whatever the path says', () => {
  const to = (pathname: string) => sessionAddress(asked({}, pathname), { BERTH_RECEIVER_PORT: '3999' }).href
  expect(to('/attach/shop')).toBe('http://127.0.0.1:3999/attach/shop')
  expect(new URL(to('/attach//evil.example/x')).host).toBe('127.0.0.1:3999')
})
