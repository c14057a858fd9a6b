// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandWord, expandWords, WordProblem } from './expand-words.ts'

/** Expansion against a second, tiny reading of its simple forms; and any text at all, as long as it may be. */
const options = { escape: '\\' } as const
const name = fc.constantFrom('A', 'B', 'EMPTY', 'NONE')
const values = fc.record({ A: fc.stringMatching(/^[a-z./-]{0,8}$/), B: fc.stringMatching(/^[a-z ]{1,8}$/) })
const text = fc.stringMatching(/^[a-z./:-]{0,5}$/)

type Piece = { written: string; means: (given: (name: string) => string | undefined) => string }

const plain: fc.Arbitrary<Piece> = fc.oneof<fc.Arbitrary<Piece>[]>(
  text.map((written) => ({ written, means: () => written })),
  text.map((inside) => ({ written: `'$${inside}'`, means: () => `$${inside}` })),
  fc.constantFrom('$', '"', "'", '\\', ' ').map((char) => ({ written: `\\${char}`, means: () => char })),
  name.map((each) => ({ written: `\${${each}}`, means: (given) => given(each) ?? '' })),
  name.map((each) => ({ written: `"$${each}"`, means: (given) => given(each) ?? '' })),
)
const modified: fc.Arbitrary<Piece> = fc
  .record({ each: name, colon: fc.boolean(), operator: fc.constantFrom('-', '+'), inner: plain })
  .map(({ each, colon, operator, inner }) => ({
    written: `\${${each}${colon ? ':' : ''}${operator}${inner.written}}`,
    means: (given) => {
      const value = given(each)
      const isSet = value !== undefined && !(colon && value === '')
      if (operator === '+') return isSet ? inner.means(given) : ''
      return isSet ? (value ?? '') : inner.means(given)
    },
  }))
/** `#` and `%` with a text without wildcards. */
const trimmed: fc.Arbitrary<Piece> = fc
  .record({
    each: fc.constantFrom('A', 'NONE'),
    operator: fc.constantFrom('#', '##', '%', '%%'),
    cut: fc.stringMatching(/^[a-z.]{1,2}$/),
  })
  .map(({ each, operator, cut }) => ({
    written: `\${${each}${operator}${cut}}`,
    means: (given) => {
      const value = given(each) ?? ''
      if (operator.startsWith('#')) return value.startsWith(cut) ? value.slice(cut.length) : value
      return value.endsWith(cut) ? value.slice(0, value.length - cut.length) : value
    },
  }))
const replaced: fc.Arbitrary<Piece> = fc
  .record({
    each: fc.constantFrom('A', 'B', 'NONE'),
    all: fc.boolean(),
    from: fc.stringMatching(/^[a-z]{1,2}$/),
    to: fc.stringMatching(/^[A-Z]{0,2}$/),
  })
  .map(({ each, all, from, to }) => ({
    written: `\${${each}${all ? '//' : '/'}${from}/${to}}`,
    means: (given) => {
      const value = given(each) ?? ''
      return all ? value.replaceAll(from, to) : value.replace(from, to)
    },
  }))
const word = fc.array(fc.oneof(plain, modified, trimmed, replaced), { maxLength: 6 })

describe('against a tiny reading', () => {
  test('one word becomes the same', () => {
    fc.assert(
      fc.property(word, values, (pieces, given) => {
        const variables = new Map(Object.entries({ ...given, EMPTY: '' }))
        const written = pieces.map((piece) => piece.written).join('')
        const meant = pieces.map((piece) => piece.means((each) => variables.get(each))).join('')
        expect(expandWord(written, variables, options)).toBe(meant)
      }),
      { numRuns: 1_500 },
    )
  })

  test('words are split where white space comes from outside of quotes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('${B}', '"$B"', 'x', ' ', '  ', '\t')),
        values,
        (pieces, given) => {
          // Inside of quotes white space counts as letters.
          const hidden = pieces.map((piece) =>
            piece === '"$B"' ? given.B.replaceAll(' ', '\u0001') : piece === '${B}' ? given.B : piece,
          )
          const meant = hidden
            .join('')
            .split(/\s+/)
            .filter((each) => each !== '')
            .map((each) => each.replaceAll('\u0001', ' '))
          expect(expandWords(pieces.join(''), new Map([['B', given.B]]), options)).toEqual(meant)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('text without anything special stays', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^$\\"']{0,40}$/), (given) => {
        expect(expandWord(given, new Map(), options)).toBe(given)
      }),
    )
  })
})

test('any text expands, within its bounds, or is refused', () => {
  const piece = fc.constantFrom(
    '${',
    '$',
    '}',
    'A',
    ':',
    '-',
    '+',
    '?',
    '#',
    '##',
    '%',
    '%%',
    '/',
    '//',
    '*',
    '\\',
    '"',
    "'",
    ' ',
    '<<',
    'é',
    '𝒳',
    '\0',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 24 }),
      fc.boolean(),
      fc.boolean(),
      (pieces, keepQuotes, keepUnset) => {
        const variables = new Map([
          ['A', 'aa//*𝒳'],
          ['B', 'x'.repeat(2_000)],
        ])
        for (const expand of [expandWord, expandWords]) {
          try {
            const result = expand(pieces.join(''), variables, { ...options, keepQuotes, keepUnset })
            expect([result].flat().join('').length).toBeLessThanOrEqual(128 * 1024)
          } catch (error) {
            expect(error).toBeInstanceOf(WordProblem)
          }
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test.each([
  '$A',
  '${A:-b}',
  '${B:-${B:-',
  '"$B"',
  '\\',
  '${A#*',
  '${A/x/',
  '${A//x/}',
  '$',
  "'a'",
  '${A%%*?*?}',
  '${A//?/xx}',
  '<< ',
])(
  '%j again and again ends soon',
  (piece) => {
    const variables = new Map([
      ['A', 'x'.repeat(60_000)],
      ['B', ''],
    ])
    for (const expand of [expandWord, expandWords]) {
      try {
        expand(piece.repeat(40_000), variables, options)
      } catch (error) {
        expect(error).toBeInstanceOf(WordProblem)
      }
    }
  },
  15_000,
)
