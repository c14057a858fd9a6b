import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instanceName, parseAppName, parseProcessType, printable, web } from './names.ts'

describe('an app name', () => {
  test.each(['a', 'shop', 'shop-2', 'a'.repeat(40)])('%s is fine', (name) => {
    expect(parseAppName(name)).toBe(name)
  })

  test.each([
    ['nothing', ''],
    ['an option', '--help'],
    ['one that begins with a digit', '2048'],
    ['one that ends with a dash', 'shop-'],
    ['upper case', 'Shop'],
    ['a path', '../etc'],
    ['an address', 'shop.example'],
    ['a NUL', 'shop\0'],
    ['a line break at the end', 'shop\n'],
    ['letters of other alphabets', 'ѕhop'],
    ['41 characters', 'a'.repeat(41)],
    ['300 characters', 'a'.repeat(300)],
    ['a shell’s words', 'a;reboot'],
  ])('%s is refused', (_, name) => {
    expect(() => parseAppName(name)).toThrow(expect.objectContaining({ code: 'NAME.INVALID', fault: 'user' }))
  })

  test.each(['berth', 'www', 'git', 'api'])('%s is kept for Berth', (name) => {
    expect(() => parseAppName(name)).toThrow(expect.objectContaining({ code: 'NAME.RESERVED' }))
  })

  test('whatever is accepted can stand as a word, a file and a host name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (given) => {
        const name = accepted(given)
        return name === null || (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= 40 && !name.endsWith('-'))
      }),
    )
  })
})

test('a process type may have a name that an app may not', () => {
  expect(parseProcessType('api')).toBe('api')
  expect(() => parseProcessType('web.1')).toThrow(expect.objectContaining({ code: 'NAME.INVALID' }))
  expect(instanceName(web, 1)).toBe('web.1')
})

describe('a user’s text in a message', () => {
  test('is quoted, and cut', () => {
    expect(printable('shop')).toBe('"shop"')
    expect(printable('a'.repeat(300))).toHaveLength(60)
  })

  test('cannot move the cursor, break the line or turn the direction', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (given) => !/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(printable(given)),
      ),
    )
  })
})

function accepted(given: string): string | null {
  try {
    return parseAppName(given)
  } catch {
    return null
  }
}
