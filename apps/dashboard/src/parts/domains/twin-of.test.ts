import { expect, test } from 'vitest'
import { looksLikeHost, twinOf, typedHost } from './twin-of.ts'

test('the top of a zone and its www are twins, and other names have none', () => {
  expect(twinOf('shop.example')).toBe('www.shop.example')
  expect(twinOf('www.shop.example')).toBe('shop.example')
  expect(twinOf('shop.co.uk')).toBe('www.shop.co.uk')
  expect(twinOf('docs.shop.example')).toBeNull()
  expect(twinOf('www.docs.shop.example')).toBeNull()
  expect(twinOf('*.shop.example')).toBeNull()
  expect(twinOf('shop')).toBeNull()
})

test('a pasted address becomes its host', () => {
  expect(typedHost(' https://WWW.Shop.example/cart?x=1 ')).toBe('www.shop.example')
  expect(typedHost('shop.example.')).toBe('shop.example')
  expect(['shop.example', '*.shop.example', 'bücher.example'].every(looksLikeHost)).toBe(true)
  expect(['shop', 'a b.example', '', '*.*.x', 'x@y.z'].some(looksLikeHost)).toBe(false)
})
