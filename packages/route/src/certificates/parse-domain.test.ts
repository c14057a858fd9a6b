import { expect, test } from 'vitest'
import { parseDomain } from './parse-domain.ts'

const base = { baseDomain: 'apps.example.com' }

test.each([
  ['www.shop.test', 'www.shop.test'],
  [' WWW.Shop.Test. ', 'www.shop.test'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['*.Shop.test', '*.shop.test'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['shop.co.uk', 'shop.co.uk'],
  ['example.com', 'example.com'],
])('%j is %s', (given, host) => {
  expect(parseDomain(given, base)).toBe(host)
})

test.each([
  '',
  '.',
  '*',
  '*.',
  'shop',
  'a..b',
  '-a.test',
  'a-.test',
  'a_b.test',
  'a.*.test',
  '**.test',
  'http://shop.test',
  'shop.test:80',
  'shop.test/x',
  'ada@shop.test',
  'a b.test',
  'a.test\nx',
  'a.test;x',
  '192.0.2.1',
  '::1',
  '0x7f.1',
  'a.123',
  'co.uk',
  'com.au',
  `${'a'.repeat(64)}.test`,
  `${'a.'.repeat(130)}test`,
])('%j is refused', (given) => {
  expect(() => parseDomain(given, base)).toThrow(expect.objectContaining({ code: 'DOMAIN.INVALID' }))
})

test.each([
  'apps.example.com',
  'shop.apps.example.com',
  '*.apps.example.com',
  'a.b.apps.example.com',
  '*.example.com',
])('%s is the platform’s own', (given) => {
  expect(() => parseDomain(given, base)).toThrow(expect.objectContaining({ code: 'DOMAIN.RESERVED' }))
})
