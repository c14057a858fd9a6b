import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonSyntaxError, parseJson } from './parse-json.ts'

describe('JSON with comments', () => {
  test('is what JSON.parse makes of it, with comments or without', () => {
    const blank = fc.constantFrom('', ' ', '\n', '/* "a" */', '// ]}\n', '/**/\t', '/* /* */')
    const value = fc.jsonValue({ maxDepth: 4 })
    fc.assert(
      fc.property(value, blank, (given, between) => {
        const text = JSON.stringify(given, null, 1).replace(/\n */g, () => between)
        expect(plain(parseJson(text).value)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
      { numRuns: 500 },
    )
  })

  test('accepts nothing that JSON.parse refuses, where there is no comment', () => {
    const text = fc.string({ unit: fc.constantFrom(...'{}[]",: 10.e-+truefalsn\\u\n') })
    fc.assert(
      fc.property(text, (given) => {
        if (accepts(given, parseJson)) expect(accepts(given, JSON.parse)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('knows the line of every value', () => {
    const json = parseJson('{\n"a": [1,\n2, { "b":\n\n3 }],\n "__proto__": 4 }')
    const lines = [[], ['a', 0], ['a', 1], ['a', 2, 'b'], ['__proto__'], ['a', 7, 'gone']].map(json.lineOf)
    expect(lines).toEqual([1, 2, 3, 5, 6, 2])
  })

  test('reads a comment mark inside of a string as text', () => {
    expect(parseJson('["// no", "/* no */", "\\"//"]').value).toEqual(['// no', '/* no */', '"//'])
  })

  test('takes __proto__ as a name like any other', () => {
    const value = parseJson('{"__proto__": {"polluted": true}}').value as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

/** With the usual prototypes, so that toEqual compares values alone. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function accepts(text: string, parse: (text: string) => unknown): boolean {
  try {
    parse(text)
    return true
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return false
    throw error
  }
}
