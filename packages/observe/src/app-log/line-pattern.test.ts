import { describe, expect, test } from 'vitest'
import { linePattern } from './line-pattern.ts'

describe('a pattern', () => {
  test.each([
    ['error', 'an error here', true],
    ['^error', 'an error', false],
    ['done$', 'all done', true],
    ['a|b', 'xbx', true],
    ['(?:GET|POST) /shop/\\d+', 'POST /shop/42', true],
    ['\\bcat\\b', 'concatenate', false],
    ['\\bcat\\b', 'a cat.', true],
    ['(?i)ERROR', 'An Error', true],
    ['(?i)[a-c]x', 'BX', true],
    ['[^a-z]', 'abc', false],
    ['x{2,3}y', 'axxy', true],
    ['x{2}y', 'xy', false],
    ['a.c', 'a\nc', false],
    ['', '', true],
    ['status=5\\d\\d .*bytes=\\d{4,}', 'status=502 total=1ms bytes=53000', true],
  ])('%j in %j: %s', (pattern, line, matches) => {
    expect(linePattern(pattern)(line)).toBe(matches)
  })

  test.each([
    '(a',
    'a)',
    '[a',
    '*a',
    'a{2,1}',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    'a\\',
    'x'.repeat(501),
    'a{101}',
    '((a{100}){100}){100}',
    '(?<!a)b',
    '('.repeat(50),
  ])('%j is refused, with the reason', (pattern) => {
    expect(() => linePattern(pattern)).toThrow(expect.objectContaining({ code: 'LOG.BAD_PATTERN' }))
  })

  test('what would keep JavaScript busy for ages costs its length', () => {
    const hostile = [
      '(a+)+$',
      '(a|a)*b',
      '(.*)*x',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      'a?'.repeat(40) + 'a'.repeat(40),
    ]
    for (const pattern of hostile)
      expect(typeof linePattern(pattern)(`${'a'.repeat(16_000)}!`)).toBe('boolean')
  })

  test('means what it means in JavaScript, whatever is put together', () => {
    const pieces = ['a', 'b', 'c', '.', '[ab]', '[^b]', '\\w', '\\d', '\\s', '\\b', '\\B', '^', '$', '1', ' ']
    const repeats = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '*?', '+?']
    const random = <Item>(of: readonly Item[]) => of[Math.floor(Math.random() * of.length)] as Item
    const some = (depth: number): string =>
      Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => {
        const inner =
          depth > 0 && Math.random() < 0.4 ? `(${some(depth - 1)}|${some(depth - 1)})` : random(pieces)
        return /^(\\b|\\B|\^|\$)$/i.test(inner) ? inner : inner + random(repeats)
      }).join('')
    for (let round = 0; round < 3_000; round += 1) {
      const pattern = some(2)
      const [ours, theirs] = [linePattern(pattern), new RegExp(pattern)]
      for (let each = 0; each < 5; each += 1) {
        const line = Array.from({ length: Math.floor(Math.random() * 8) }, () =>
          random(['a', 'b', 'c', '1', ' ', '_']),
        ).join('')
        expect(ours(line), `${pattern} in ${JSON.stringify(line)}`).toBe(theirs.test(line))
      }
    }
  })
})
