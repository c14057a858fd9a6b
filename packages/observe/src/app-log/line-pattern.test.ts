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
  ])('%j in %j: %s', async (pattern, line, matches) => {
    expect((await linePattern(pattern))(line)).toBe(matches)
  })

  test.each([
    '(a',
    'a)',
    '[a',
    '*a',
    'a{2,1}',
    '(?=a)',
    'a{1000}'.repeat(70),
    '(?:[a-z0-9]{100}){20}',
    '\\1',
    'a\\',
    'x'.repeat(501),
    'a{101}',
    '((a{100}){100}){100}',
    '(?<!a)b',
    '('.repeat(50),
  ])('%j is refused, with the reason', async (pattern) => {
    await expect(linePattern(pattern)).rejects.toMatchObject({ code: 'LOG.BAD_PATTERN' })
  })

  test('what would keep JavaScript busy for ages costs its length', async () => {
    const hostile = [
      '(a+)+$',
      '(a|a)*b',
      '(.*)*x',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      'a?'.repeat(40) + 'a'.repeat(40),
      '[ab]*a[ab]{100}[^ab!]',
      '(a|b|ab)*[^ab!]',
    ]
    for (const pattern of hostile)
      expect(typeof (await linePattern(pattern))(`${'a'.repeat(16_000)}!`)).toBe('boolean')
  })
})
