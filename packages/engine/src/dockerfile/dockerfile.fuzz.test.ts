import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expandWord, expandWords, WordProblem } from './expand-words.ts'
import { compileGlob, GlobProblem } from './glob.ts'
import { parseIgnoreFile } from './ignore-file.ts'
import { parseDockerfile } from './parse-dockerfile.ts'
import { keywords } from './parse-instruction.ts'
import { splitWords } from './split-words.ts'

/** Any UTF-16 unit, alone or not. fast-check's own take seconds to be made. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/** Whatever a stranger pushes: a value, or a coded error; never another exception, never a stall. */
const piece = fc.oneof(
  fc.constantFrom(
    '$',
    '{',
    '}',
    ':-',
    '"',
    "'",
    '\\',
    '`',
    ' ',
    '\n',
    '<<EOF',
    'EOF',
    '--from=',
    '[',
    ']',
    ',',
    '#',
    '=',
  ),
  fc.constantFrom(...keywords),
  fc.string({ unit: anyUnit, maxLength: 8 }),
)
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

test('any text is a Dockerfile or a coded error', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (lines) => {
      const given = ['FROM base', ...lines].join('\n')
      try {
        expect(parseDockerfile('Dockerfile', given).stages.length).toBeGreaterThan(0)
      } catch (error) {
        if (!isBerthError(error)) throw error
        expect(error.code).toMatch(/^BUILD\./)
        expect(error.message).toMatch(/^Dockerfile:\d+: /)
      }
    }),
    { numRuns: 1_500 },
  )
})

test('any word expands or is refused', () => {
  const variables = fc.dictionary(fc.constantFrom('a', 'b', 'EOF', 'FROM'), text)
  fc.assert(
    fc.property(
      text,
      variables,
      fc.constantFrom('\\' as const, '`' as const),
      (given, values, escapeChar) => {
        const scope = new Map(Object.entries(values))
        for (const expand of [expandWord, expandWords]) {
          try {
            expand(given, scope, { escape: escapeChar })
          } catch (error) {
            expect(error).toBeInstanceOf(WordProblem)
          }
        }
      },
    ),
    { numRuns: 1_500 },
  )
})

test('splitting loses nothing but white space', () => {
  fc.assert(
    fc.property(text, (given) => {
      const joined = splitWords(given, '\\').join('').replace(/\s/g, '')
      expect(given.replace(/\s/g, '').startsWith(joined)).toBe(true)
    }),
  )
})

test('any ignore file filters any path or is refused', () => {
  const pattern = fc.array(
    fc.constantFrom('*', '**', '/', '?', '[', ']', '^', '-', '\\', '!', 'a', 'b', '.'),
    {
      maxLength: 30,
    },
  )
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 6 }),
      fc.array(fc.constantFrom('a', 'b', '.a'), { minLength: 1 }),
      (lines, parts) => {
        try {
          const filter = parseIgnoreFile('.dockerignore', lines.map((line) => line.join('')).join('\n'))
          expect(typeof filter.ignores(parts.join('/'))).toBe('boolean')
        } catch (error) {
          expect(isBerthError(error, 'BUILD.IGNORE_FILE')).toBe(true)
        }
      },
    ),
    { numRuns: 1_500 },
  )
})

test('a pattern of plain characters matches exactly itself', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z/]{1,20}$/), fc.stringMatching(/^[a-z/]{1,20}$/), (pattern, path) => {
      expect(compileGlob(`${pattern}*`, { doubleStar: true }).matches(pattern)).toBe(true)
      expect(compileGlob(pattern, { doubleStar: true }).matches(path)).toBe(pattern === path)
    }),
  )
  expect(() => compileGlob('[', { doubleStar: true })).toThrow(GlobProblem)
})
