import { readSettings } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { bearerToken, mayChange } from './may-change.ts'
import { requestHeader } from './request-header.ts'
import { safePath } from './safe-path.ts'

const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
const ask = (method: string, headers: Record<string, string>) =>
  mayChange(new Request('http://127.0.0.1:3000/api/trpc/apps.create', { method, headers }), settings)

const own = { origin: 'http://berth.localhost:8080', [requestHeader]: '1' }

describe('a request that changes something', () => {
  test('is taken from the dashboard’s own pages', () => {
    expect(ask('POST', own)).toBe(true)
    expect(ask('POST', { ...own, origin: 'http://127.0.0.1:3000' })).toBe(true)
  })

  test('is refused from another site, from an app next door, and without an origin', () => {
    expect(ask('POST', { ...own, origin: 'https://evil.example' })).toBe(false)
    expect(ask('POST', { ...own, origin: 'http://shop.localhost:8080' })).toBe(false)
    expect(ask('POST', { ...own, origin: 'null' })).toBe(false)
    expect(ask('POST', { [requestHeader]: '1' })).toBe(false)
  })

  test('is refused without the header that a form cannot set', () => {
    expect(ask('POST', { origin: own.origin })).toBe(false)
  })

  test('is not fooled by a forwarded host', () => {
    expect(ask('POST', { ...own, origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' })).toBe(
      false,
    )
  })

  test('with a token of its own needs no origin', () => {
    expect(ask('POST', { authorization: 'Bearer berth_x' })).toBe(true)
  })
})

test('reading needs nothing', () => {
  expect(ask('GET', {})).toBe(true)
})

test('only a bearer token counts as one', () => {
  expect(bearerToken(new Headers({ authorization: 'bearer abc' }))).toBe('abc')
  expect(bearerToken(new Headers({ authorization: 'Basic abc' }))).toBeNull()
  expect(bearerToken(new Headers())).toBeNull()
})

test.each([
  ['/apps/shop?x=1', '/apps/shop?x=1'],
  [undefined, '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/\t/evil.example', '/'],
])('after signing in, %s leads to %s', (given, led) => expect(safePath(given)).toBe(led))

test('the policy allows no inline script', () => {
  const policy = contentSecurityPolicy('abc', { development: false })
  expect(policy).toContain("'nonce-abc'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
})
